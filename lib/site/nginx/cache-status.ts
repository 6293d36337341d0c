import type { SiteConfig } from '../site-config';
import { map } from './text';

const NAME = 'nginx-memcache-site';

/**
 * `Cache-Status` (RFC 9211): what happened to a request, from what the lookup and the writer said, and what the site wants
 * said besides.
 */
export function cacheStatusMaps({ cacheStatus }: SiteConfig): string {
  const says = (detail: 'ttl' | 'key' | 'fwd-status', text: string) =>
    cacheStatus.details.includes(detail) ? text : '';
  const key = says('key', String.raw`; key=\"$page_key\"`);
  const originStatus = says('fwd-status', '; fwd-status=$origin_status');
  const answeredStatus = says('fwd-status', '; fwd-status=$status');
  const ttl = says('ttl', '$upstream_http_x_nms_ttl');
  const status = (what: string) => `"${NAME}; ${what}"`;
  return [
    map('$srcache_fetch_status', 'hit_cache_status', [['HIT', status(`hit${says('ttl', '$page_ttl')}${key}`)]], '""'),
    map('""', 'node_hit_cache_status', [], status(`hit${ttl}${key}`)),
    map('$upstream_http_x_nms_status', 'origin_status', [['""', '200']], '$upstream_http_x_nms_status'),
    map(
      '$upstream_http_x_nms_outcome',
      'page_cache_status',
      [
        ['stored', status(`fwd=$fwd_reason${originStatus}; stored${ttl}${key}`)],
        // Another request had it stored meanwhile.
        ['hit', status(`fwd=uri-miss; collapsed${ttl}${key}`)],
        // It was asked for with words about caches, and is what was asked for.
        ['usable', status(`hit${ttl}${key}`)],
        // Nobody was asked.
        ['only-if-cached', status('detail=only-if-cached')],
        ['validated', status(`fwd=stale; fwd-status=304; stored${ttl}${key}`)],
        // Stored to be validated at each request, and answered to nobody else before.
        ['kept', status(`fwd=$fwd_reason${originStatus}; stored${ttl}${key}; detail=kept`)],
        ['kept-validated', status(`fwd=stale; fwd-status=304; stored${ttl}${key}; detail=kept`)],
        ['stale', status(`fwd=stale${ttl}${key}; detail=stale-if-error`)],
        // It was not sent on: what is sent on goes its own way.
        ['stale-while-revalidate', status(`hit${ttl}${key}; detail=stale-while-revalidate`)],
      ],
      status(`fwd=$fwd_reason${originStatus}${key}; detail=$upstream_http_x_nms_outcome`),
    ),
    map(
      '$pass_reason',
      'pass_cache_status',
      [['""', status(`fwd=$fwd_reason${answeredStatus}$missing_reason`)]],
      status(`fwd=$fwd_reason${answeredStatus}; detail=$pass_reason`),
    ),
    map(
      '$forward_reason',
      'bypass_cache_status',
      [['method', status(`fwd=method${answeredStatus}`)]],
      status(`fwd=bypass${answeredStatus}; detail=$forward_reason`),
    ),
  ].join('\n');
}

/** What a page from the store says of its age, and for `Cache-Status` of its time: to nginx itself, or to a visitor, who is counted. */
export function storedTimes({ cacheStatus }: SiteConfig, to: 'nginx' | 'visitor'): string {
  const tell = to === 'visitor' ? 'tell_hit' : 'tell_age';
  return cacheStatus.details.includes('ttl')
    ? `set $page_ttl "";
header_filter_by_lua_block { stored_page.${tell}_and_ttl() }
`
    : `header_filter_by_lua_block { stored_page.${tell}() }\n`;
}

/** What a node's own cache keeps of it. */
export function storedTtl({ cacheStatus }: SiteConfig): string {
  return cacheStatus.details.includes('ttl') ? 'add_header X-Nms-Ttl $page_ttl always;\n' : '';
}
