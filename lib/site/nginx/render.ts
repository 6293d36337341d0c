import { forwardedHeaders } from '../forwarded-headers';
import type { SiteConfig } from '../site-config';
import { WriterProtocol } from '../writer-protocol';
import { hitLog, logs } from './access-log';
import { bodyLookup, hitFile, mayStore, missingReason } from './body-lookup';
import { cacheStatusMaps, storedTimes, storedTtl } from './cache-status';
import type { NginxDeployment } from './deployment';
import { eligibilityMaps } from './eligibility-maps';
import { fragmentGuard, fragmentsServer, listenAddress, surrogateHeaders } from './fragments';
import { canonicalQueryModule, nginxVariantsText, pageKeyDirectives, pageKeyMaps } from './page-key-directives';
import { TAG_HEADERS } from '../tag';
import { quote } from './text';
import { lookupServer, rangeLocation, rangeMaps } from './lookup-server';
import { askedDirectives, askedMaps } from './request-directives';
import { originDirectives, pastWriterServer, tlsStream, upstreams } from './upstreams';
import { deviceHeaders } from './variant-maps';
import { variantModule } from './variant-module';
import { originScheme } from './visitor-scheme';

/**
 * The files of nginx's configuration that depend on the site or on addresses, by name. They stand beside the static files
 * of `nginx/`, which include them and explain the rest.
 */
export function renderNginx(config: SiteConfig, deployment: NginxDeployment): Record<string, string> {
  const files = {
    'site-logs.conf': logs(deployment),
    'site-hit-log.conf': hitLog(deployment),
    'site-page-log.conf': `error_log ${deployment.errorLog} crit;\n`,
    'site-tls.conf': tlsStream(deployment),
    'site-listen.conf': `listen ${listenAddress(config, deployment)};\n`,
    'site-fragments.conf': fragmentsServer(config, deployment),
    'site-fragment-paths.conf': fragmentGuard(config),
    'site-surrogate-headers.conf': surrogateHeaders(config),
    'site-status-listen.conf': `listen ${deployment.statusListen};\n`,
    'site-upstreams.conf': upstreams(config, deployment),
    'site-past-writer.conf': pastWriterServer(config, deployment),
    'site-maps.conf': `${eligibilityMaps(config, deployment)}\n${pageKeyMaps(config)}${missingReason(config)}${rangeMaps(config)}${askedMaps(config)}${cacheStatusMaps(config)}`,
    'site-hit.conf': `include ${hitFile(config)};\n`,
    'site-hit-times.conf': storedTimes(config, 'visitor'),
    'site-stored-times.conf': storedTimes(config, 'nginx'),
    'site-stored-ttl.conf': storedTtl(config),
    'site-body.conf': bodyLookup(config),
    'site-may-store.conf': mayStore(config),
    'site-lookup-server.conf': lookupServer(config, deployment),
    'site-range.conf': rangeLocation(config),
    'site-asked.conf': askedDirectives(config),
    'site-key.conf': `${pageKeyDirectives(config)}\n`,
    // Only an observing site needs the key of a request that it forwards: for the log.
    'site-observe.conf': config.mode === 'observe' ? `${pageKeyDirectives(config)}\n` : '',
    'site-origin.conf': originDirectives(deployment),
    'site-origin-secret.conf': originSecret(deployment),
    'site-origin-scheme.conf': originScheme(config, deployment),
    'site-device-headers.conf': deviceHeaders(config),
    'site-draining.conf': draining(deployment),
    'site-hidden-headers.conf': hiddenHeaders(config),
    'site-canonical-request.conf': canonicalRequest(config, deployment),
    'site-limits.conf': limits(config),
    'site-lookup-limits.conf': lookupLimits(config),
  };
  const heading = "# Rendered from the site's document and the addresses of this deployment.\n";
  return {
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [name, heading + text])),
    'site-query.js': canonicalQueryModule(config),
    ...variantModule(config, deployment.variantKeys ?? {}),
  };
}

function canonicalRequest(config: SiteConfig, { fillFunction }: NginxDeployment): string {
  const scheme = config.key.scheme === 'same' ? 'https' : '$visitor_scheme';
  const forwarded = forwardedHeaders(config).map(
    (name) => `proxy_set_header ${name} $http_${name.toLowerCase().replaceAll('-', '_')};\n`,
  );
  const asked = `proxy_set_header ${WriterProtocol.DIRECTIVES} $asked_directives;\n`;
  const headers = `proxy_set_header X-Nms-Scheme ${scheme};\nproxy_set_header X-Nms-Variants "${nginxVariantsText(config)}";\n${forwarded.join('')}${asked}`;
  return fillFunction === undefined
    ? `${headers}# The writer is on this machine: it accepts at once or it is gone. Default: 60s
proxy_connect_timeout 250ms;
`
    : `${headers}# A load balancer tells a function of a target what is left of it: order and spelling of the query are lost.
set_escape_uri $fill_path $uri;
proxy_set_header X-Nms-Target "$fill_path?$canonical_query";
# The load balancer is near, and has several addresses. Default: 60s
proxy_connect_timeout 1s;
`;
}

/** The file in nginx's directory that is there while visitors' connections are to be given up after their next answer. */
export const DRAINING = 'draining';

// A worker that a reload replaces closes its idle connections, also one on which a request is just being sent. So before a
// reload every answer says that it is the last of its connection.
function draining({ directory }: NginxDeployment): string {
  return `set $connection_option "";
if (-f ${quote(`${directory}/${DRAINING}`)}) {
  set $connection_option close;
}
# The answer to an upgrade says so in the same header.
if ($http_upgrade) {
  set $connection_option "";
}
`;
}

// In place of what a visitor sends under that name.
function originSecret({ originSecret: secret }: NginxDeployment): string {
  return secret === undefined ? '' : `proxy_set_header ${secret.header} ${quote(secret.value)};\n`;
}

// What a page is tagged with concerns the cache alone.
function hiddenHeaders({ tags }: SiteConfig): string {
  return tags.keepHeaders ? '' : TAG_HEADERS.map((name) => `proxy_hide_header ${name};\n`).join('');
}

/** How long a lookup may take in all: connecting, asking and hearing. */
function lookupLimits({ limits: { storeTimeout } }: SiteConfig): string {
  const part = (share: number) => `${Math.max(Math.round(storeTimeout * share), 1)}ms`;
  return `memcached_connect_timeout ${part(0.4)};
memcached_send_timeout ${part(0.2)};
memcached_read_timeout ${part(0.4)};
`;
}

function limits(config: SiteConfig): string {
  // A head that is stored must be found again: srcache reads it into one buffer. The rest is room for the status line
  // and for the beginning of the body, which arrives with it.
  const head = `${Math.ceil(config.limits.headSize / 1024) + 4}k`;
  return `srcache_header_buffer_size ${head};
proxy_read_timeout ${config.limits.fillDeadline + 2}s;
`;
}
