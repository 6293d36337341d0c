import type { SiteConfig } from '../site-config';
import type { NginxDeployment } from './deployment';
import { map, quote } from './text';

/** Whether nginx looks up whole responses at all. */
const looksUp = ({ compatibility, mode }: SiteConfig) => compatibility === undefined && mode === 'on';

/**
 * The lookup as a server of nginx's own, for what nginx does to the answers of servers only: to keep them in a cache of this
 * node's own, and to cut parts out of them.
 */
export function lookupServer(config: SiteConfig, { directory }: NginxDeployment): string {
  const socket = quote(`unix:${directory}/lookup.sock`);
  const { size } = config.perNodeCache;
  const cache =
    size === 0
      ? ''
      : `proxy_cache_path temp/pages levels=1:2 keys_zone=pages:8m max_size=${size} inactive=60s use_temp_path=off;\n`;
  return looksUp(config)
    ? `${cache}upstream lookup {
  server ${socket} max_fails=0;
  keepalive 256;
}
server {
  listen ${socket};
  include lookup-server.conf;
}
`
    : '';
}

/** The location of requests for a part of a page. */
export function rangeLocation(config: SiteConfig): string {
  return looksUp(config) ? 'location @range {\n  include range.conf;\n}\n' : '';
}

/**
 * The maps behind `$range_lookup`, which is set for a request that bypasses the cache for nothing but its `Range`, and
 * `$redundant_condition`.
 */
export function rangeMaps(config: SiteConfig): string {
  // A weak tag in `If-Range` never matches, to nginx it does; conditions come before ranges (RFC 9110 section 13.2.2), to
  // nginx's proxies they do not.
  // Of a HEAD it means nothing (section 14.2).
  const alone = String.raw`"~^GET range\|\|(?!W/)"`;
  return [
    map(
      '"$request_method $forward_reason|$http_if_none_match$http_if_modified_since|$http_if_range"',
      'range_lookup',
      // Of a page that is put together, a part of what is stored is no part.
      looksUp(config) && config.fragments === undefined ? [[alone, '1']] : [],
      '""',
    ),
    // nginx asks both; `If-Modified-Since` does not count beside `If-None-Match` (RFC 9110 section 13.1.3).
    map('$http_if_none_match', 'redundant_condition', [['""', '""']], '$http_if_modified_since'),
  ].join('\n');
}
