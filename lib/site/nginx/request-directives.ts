import type { SiteConfig } from '../site-config';
import { map } from './text';

/**
 * The maps behind `$asked_directives` (what a visitor asks of the cache, empty where that does not count) and `$fwd_reason`,
 * what `Cache-Status` calls a request that is sent on.
 */
export function askedMaps({ eligibility }: SiteConfig): string {
  const honoured = eligibility.requestDirectives === 'honour';
  return [
    map(
      '"$http_cache_control|$http_pragma"',
      'asked_directives',
      honoured
        ? [
            // RFC 9111 section 5.4: it counts where there is no `Cache-Control`.
            [String.raw`"~*^\|(?:.*[ ,])?no-cache(?:[ ,]|$)"`, 'no-cache'],
            [String.raw`"~*^[^|]*(?:no-cache|max-age|max-stale|min-fresh|only-if-cached)"`, '$http_cache_control'],
          ]
        : [],
      '""',
    ),
    map('$asked_directives', 'fwd_reason', [['""', 'uri-miss']], 'request'),
  ].join('\n');
}

/** Sends a request that asks something of the cache to the writer, which reads the page's times. */
export function askedDirectives({ eligibility, compatibility, mode }: SiteConfig): string {
  return eligibility.requestDirectives === 'honour' && compatibility === undefined && mode === 'on'
    ? 'if ($asked_directives) {\n  return 433;\n}\n'
    : '';
}
