import type { SiteConfig } from '../site-config';
import type { NginxDeployment } from './deployment';
import { NO_HOST } from './fragments';
import { quote } from './text';
import { tlsSocket } from './tls-socket';

/** The servers that nginx talks to: the page store's ring, the writer and the origin. */
export function upstreams(config: SiteConfig, deployment: NginxDeployment): string {
  const origin = originServer(deployment);
  return `# The key alone decides the node; names, not addresses, are on the ring.
upstream page_store {
  hash $memcached_key consistent;
${storeServers(deployment)}
  keepalive 64;
}

upstream writer {
  server ${deployment.fillFunction ?? deployment.writer} max_fails=0;
  keepalive 64;
}

# What must not be sent twice goes over a connection that nobody has used before: to the writer, and to the origin.
upstream writer_once {
  server ${deployment.writer} max_fails=0;
${config.purging.onUnsafeRequests ? `  server ${pastWriter(deployment)} backup;\n` : ''}}

# Shorter than the idle limit of common application servers, which close a kept connection without a word.
upstream origin {
  server ${origin} max_fails=0;
  keepalive 32;
  keepalive_timeout 2s;
}

upstream origin_once {
  server ${origin} max_fails=0;
}
map $request_method $origin_pool {
  default origin_once;
  GET origin;
  HEAD origin;
}

# An HTTP/1.0 request may come without a host; of an absolute target, the host counts (RFC 9112 section 3.2.2).
map $http_host $field_host {
  default $http_host;
  "" ${hostOf(deployment)};
${config.fragments === undefined ? '' : `  ${NO_HOST} ${hostOf(deployment)};\n`}}
map $request $visitor_host {
  default $host;
  "~^[^ ]+ /" $field_host;
}
map "" $origin_host {
  default ${deployment.originHostHeader === 'origin' ? hostOf(deployment) : '$visitor_host'};
}
`;
}

// nginx has no empty upstream; without a node, every lookup is a miss.
function storeServers({ nodes, cacheTls }: NginxDeployment): string {
  const names = cacheTls === undefined ? nodes : nodes.map(tlsSocket);
  // A dead node is left alone for a second, after ten of its requests have waited in vain. On a busy site two lookups in a
  // second may be late without anything being wrong.
  const servers = names.map((name) => `  server ${name} max_fails=10 fail_timeout=1s;`);
  return servers.length > 0 ? servers.join('\n') : '  server 127.0.0.1:9 down;';
}

/**
 * A server of nginx's own by which what the writer does not take reaches the origin. Only the next server of an upstream
 * gets a body that is still on its way; an error page would not.
 */
export function pastWriterServer(config: SiteConfig, deployment: NginxDeployment): string {
  return config.purging.onUnsafeRequests
    ? `server {\n  listen ${pastWriter(deployment)};\n  include past-writer.conf;\n}\n`
    : '';
}

/** `stream` between nginx's lookups and Memcached nodes that speak TLS, with the module that it needs. */
export function tlsStream({ nodes, cacheTls }: NginxDeployment): string {
  if (cacheTls === undefined) {
    return '';
  }
  const servers = nodes.map(
    (node) => `  server {
    listen ${tlsSocket(node)};
    proxy_pass ${node};
    proxy_ssl_name ${node.replace(/:\d+$/, '')};
  }
`,
  );
  return `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
stream {
  # As long as nginx keeps its connections to the sockets. Default: 10m
  proxy_timeout 75s;
  # A lookup waits for an answer a few hundredths of a second only; the connection then serves the next ones. Default: 60s
  proxy_connect_timeout 1s;
  proxy_ssl on;
  proxy_ssl_server_name on;
  proxy_ssl_verify on;
  proxy_ssl_verify_depth 4;
  proxy_ssl_trusted_certificate ${quote(cacheTls)};
  proxy_ssl_protocols TLSv1.2 TLSv1.3;
${servers.join('')}}
`;
}

function pastWriter({ directory }: NginxDeployment): string {
  return quote(`unix:${directory}/past-writer.sock`);
}

/** What the proxied requests of both kinds share: how the origin is spoken to. */
export function originDirectives(deployment: NginxDeployment): string {
  const { protocol, hostname } = new URL(deployment.origin);
  const pass = `proxy_pass ${protocol}//$origin_pool$raw_target;\n`;
  return protocol === 'https:' ? `${pass}proxy_ssl_name ${hostname};\ninclude origin-tls.conf;\n` : pass;
}

function hostOf(deployment: NginxDeployment): string {
  return new URL(deployment.origin).host;
}

function originServer(deployment: NginxDeployment): string {
  const { protocol, hostname, port } = new URL(deployment.origin);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
