import type { SiteConfig } from '../site-config';
import type { NginxDeployment } from './deployment';
import { quote } from './text';

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
  server ${deployment.writer} max_fails=0;
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
}
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
function storeServers({ nodes }: NginxDeployment): string {
  const servers = nodes.map((node) => `  server ${node} max_fails=2 fail_timeout=2s;`);
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
