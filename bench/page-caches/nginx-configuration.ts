/** The configuration of an nginx with one server, as similar to the site's as can be: one worker, no logs. */
export function nginxConfiguration(address: string, http: string, server: string): string {
  return `# Debian's packages: libnginx-mod-http-ndk, -set-misc, -srcache-filter.
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_set_misc_module.so;
load_module /usr/lib/nginx/modules/ngx_http_srcache_filter_module.so;
daemon off;
pid nginx.pid;
worker_processes 1;
error_log stderr warn;
events {
  worker_connections 4096;
}
http {
  access_log off;
  types {
    text/html html;
  }
  default_type text/html;
  sendfile on;
  server_tokens off;
  keepalive_requests 10000;
  client_body_temp_path temp-body;
  proxy_temp_path temp-proxy;
  fastcgi_temp_path temp-fastcgi;
  uwsgi_temp_path temp-uwsgi;
  scgi_temp_path temp-scgi;
${http}
  server {
    listen ${address};
${server}
  }
}
`;
}

/** Files, and the same compressed beside them. */
export const STATIC_FILES = `
    root files;
    gzip_static on;
    location / {
    }`;

/** A text of the configuration itself: what nginx answers soonest. */
export function returnText(path: string, text: string): string {
  return `
    location = ${path} {
      return 200 '${text.replace(/['\\]/g, '\\$&')}';
    }`;
}

/** The body alone, in one memcached, over a new connection for each request. */
export function seedStyle(node: string): string {
  return `
    location / {
      set_md5 $digest "$host$uri";
      set $memcached_key ":1:$digest";
      memcached_pass ${node};
      memcached_gzip_flag 2;
      gunzip on;
    }`;
}

/** The example of srcache's README, with nginx's own \`memcached_pass\` for the memc module, which Debian has not. */
export const SRCACHE = `
    location = /memc {
      internal;
      memcached_connect_timeout 100ms;
      memcached_send_timeout 100ms;
      memcached_read_timeout 100ms;
      set $memcached_key $query_string;
      memcached_pass memcached;
    }
    location / {
      set_md5 $key "$uri$args";
      srcache_fetch GET /memc $key;
      proxy_pass http://origin;
      gunzip on;
    }`;

/** nginx's own cache, in files. */
export const PROXY_CACHE = `
    location / {
      proxy_cache pages;
      proxy_cache_key "$scheme$host$uri$is_args$args";
      # One page for all, stored compressed.
      proxy_set_header Accept-Encoding gzip;
      proxy_ignore_headers Vary;
      gunzip on;
      proxy_pass http://origin;
      add_header X-Cache $upstream_cache_status;
    }`;

export const PROXY_CACHE_PATH =
  '  proxy_cache_path cache levels=1:2 keys_zone=pages:32m max_size=4g inactive=1d use_temp_path=off;';

/** An upstream with connections that are kept. */
export function upstream(name: string, address: string): string {
  return `  upstream ${name} {\n    server ${address};\n    keepalive 512;\n  }\n`;
}
