import { ORDINARY_PATH } from '../canonical-path';
import { pathPattern } from '../eligibility';
import { fragmentPaths, SURROGATE_CAPABILITY } from '../fragments';
import type { SiteConfig } from '../site-config';
import type { NginxDeployment } from './deployment';
import { map, quote, regex } from './text';

/** Where the site's own server listens: on a site with fragments, behind the one that puts them in. */
export function listenAddress({ fragments }: SiteConfig, deployment: NginxDeployment): string {
  // The longest queue that Linux allows by itself: a full one refuses at once. Default: 511
  return fragments === undefined ? deployment.listen : `${socket(deployment)} backlog=4096`;
}

/** The server in front of a site with fragments; nothing for other sites. */
export function fragmentsServer({ fragments }: SiteConfig, deployment: NginxDeployment): string {
  if (fragments === undefined) {
    return '';
  }
  return `js_import fragments from fragments.js;
upstream pages {
  server ${socket(deployment)} max_fails=0;
}
# A connection for each request: a socket of this machine's costs little, nothing is ever sent twice, and every answer ends.
${map('$raw_upgrade', 'pages_connection', [['""', 'close']], 'upgrade')}
# HTTP/1.0 has requests without a host, of which HTTP/1.1 has none: by this one they are known behind.
${map('$http_host', 'given_host', [['""', NO_HOST]], '$http_host')}${map('$request', 'pages_host', [['"~^[^ ]+ /"', '$given_host']], '$host')}
# What nginx is to read comes uncompressed, and is compressed for visitors who take that.
${map('$http_accept', 'readable_encoding', [[regex('text/html', true), '""']], '$http_accept_encoding')}
# Pages of these paths need not ask: of ordinary paths only, which mean the same to everybody.
${map('$request_uri', 'has_fragments', pages(fragments.pages), '""')}
server {
  listen ${deployment.listen};
  include fragments.conf;
}
`;
}

/** What a request without a host has for one on its way through nginx. No host is called so. */
export const NO_HOST = '_';

/** What keeps everything else from being included: paths that are no fragments are not there. */
export function fragmentGuard({ fragments }: SiteConfig): string {
  if (fragments === undefined) {
    return '';
  }
  const paths = fragmentPaths(fragments).map(pathPattern).join('|');
  return `if ($uri !~ ${quote(`^(?:${paths})`)}) {
  return 404;
}
# Dot segments to some servers, and ordinary ones to nginx.
if ($uri ~ "/[.][.]?;") {
  return 404;
}
proxy_read_timeout ${fragments.timeout}s;
`;
}

/**
 * What the origin is told on a site with fragments past the cache: that it may ask, in place of what a visitor says. Of an
 * answer to a browser that loads a page, nginx has to read the text.
 */
export function surrogateHeaders({ fragments }: SiteConfig): string {
  return fragments === undefined
    ? ''
    : `proxy_set_header Surrogate-Capability ${quote(SURROGATE_CAPABILITY)};
proxy_set_header Accept-Encoding $readable_encoding;
`;
}

function pages(paths: readonly string[]): (readonly [string, string])[] {
  const before = ORDINARY_PATH.replace('^', '');
  return paths.length === 0
    ? []
    : [[regex(`^(?=(?:${paths.map((path) => rawPathPattern(path)).join('|')}))${before}`), '1'] as const];
}

// `$request_uri` goes on with a query.
function rawPathPattern(path: string): string {
  return pathPattern(path).replace(/\|\$\)$/, '|[?]|$)');
}

function socket({ directory }: NginxDeployment): string {
  return quote(`unix:${directory}/pages.sock`);
}
