import { ORDINARY_PATH } from './canonical-path';
import { compatibilityRules, unstoredPaths, variantsOf } from './compatibility';
import { escapePattern } from './patterns';
import type { SiteConfig } from './site-config';
import { variantCookie } from './variants';
import { PARTIAL_RENDERING_HEADERS } from './well-known';

/**
 * One reason for which a request is not answered from the cache: a pattern that an nginx variable must match, or must
 * not. nginx (PCRE, `map`) and TypeScript read the same rules, in the same order; the first that applies is the reason.
 */
export interface BypassRule {
  /** What `Cache-Status` and the log say. */
  readonly reason: string;
  /** nginx's variable, without `$`. */
  readonly variable: string;
  /** A regular expression in the syntax that PCRE and JavaScript share. */
  readonly pattern: string;
  readonly bypassWhen: 'matches' | 'differs';
  readonly ignoreCase?: boolean;
}

/** The longest query that is looked up, in bytes. */
export const LONGEST_QUERY = 4096;

/** Paths below this one are the nginx configuration's own. */
export const INTERNAL_PATH = '/.nginx-memcache-site/';

/** The rules by which requests to a site bypass its cache. */
export function bypassRules(config: SiteConfig): BypassRule[] {
  return [
    { reason: 'method', variable: 'request_method', pattern: '^(?:GET|HEAD)$', bypassWhen: 'differs' },
    // An absolute target names a host of its own, beside the Host header.
    { reason: 'target', variable: 'request', pattern: '^[^ ]+ /', bypassWhen: 'differs' },
    { reason: 'path', variable: 'request_uri', pattern: ORDINARY_PATH, bypassWhen: 'differs' },
    { reason: 'path', variable: 'uri', pattern: `^${escapePattern(INTERNAL_PATH)}`, bypassWhen: 'matches' },
    // Visible ASCII without `#`, which ends a query for nginx and not for everybody. Of 60 kB of parameters, sorting them would
    // hold nginx up for half a second.
    {
      reason: 'query',
      variable: 'request_uri',
      pattern: String.raw`^[^?]*(?:\?[\x21\x22\x24-\x7e]{0,${LONGEST_QUERY}})?$`,
      bypassWhen: 'differs',
    },
    { reason: 'host', variable: 'http_host', pattern: HOST, bypassWhen: 'differs' },
    ...(config.eligibility.authorization === 'bypass' ? withHeader('authorization', 'authorization') : []),
    { reason: 'body', variable: 'http_content_length', pattern: '^0*$', bypassWhen: 'differs' },
    ...withHeader('transfer-encoding', 'body'),
    ...preconditions(),
    ...withHeader('origin', 'origin'),
    ...withHeader('upgrade', 'upgrade'),
    {
      reason: 'accept',
      variable: 'http_accept',
      pattern: 'text/(?:event-stream|vnd\\.turbo-stream)',
      bypassWhen: 'matches',
      ignoreCase: true,
    },
    ...partialRenderingHeaders(config).flatMap((name) => withHeader(name, 'partial')),
    ...cookieRules(config),
    ...anyOf('path', 'uri', '^', bypassPaths(config).map(pathPattern), ''),
    ...listedPaths(config),
    ...anyOf('host', 'host', '^', config.eligibility.bypassHosts.map(escapePattern), '$'),
    ...(config.key.scheme === 'https-bypasses'
      ? [{ reason: 'scheme', variable: 'visitor_scheme', pattern: '^https$', bypassWhen: 'matches' } as const]
      : []),
    ...compatibilityRules(config),
    ...storingForbidden(config),
    // The last: what bypasses for this alone may be answered with a part of a stored page.
    ...withHeader('range', 'range'),
  ];
}

/** The pattern of a path and everything below it: `/items` never means `/items-old`. */
export function pathPattern(path: string): string {
  return path.endsWith('/') ? escapePattern(path) : `${escapePattern(path)}(?:/|$)`;
}

// A name or an IPv4 address, perhaps with a port; no trailing dot, which would be a second name for the same host.
const HOST = String.raw`^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,251}(?<=[A-Za-z0-9])(?::[0-9]{1,5})?$`;

function withHeader(name: string, reason: string): BypassRule[] {
  return [{ reason, variable: `http_${name.replaceAll('-', '_')}`, pattern: '^$', bypassWhen: 'differs' }];
}

// Not for caches to decide: RFC 9111 section 4.3.2.
function preconditions(): BypassRule[] {
  return [...withHeader('if-match', 'precondition'), ...withHeader('if-unmodified-since', 'precondition')];
}

// RFC 9111 section 5.2.1.5, where visitors may say so.
function storingForbidden({ eligibility }: SiteConfig): BypassRule[] {
  return eligibility.requestDirectives === 'ignore'
    ? []
    : [
        {
          reason: 'no-store',
          variable: 'http_cache_control',
          pattern: '(?:^|[ \\t,])no-store(?:[ \\t,]|$)',
          bypassWhen: 'matches',
          ignoreCase: true,
        },
      ];
}

function bypassPaths(config: SiteConfig): string[] {
  const { eligibility, fragments } = config;
  return [...eligibility.bypassPaths, ...(fragments?.privatePaths ?? []), ...unstoredPaths(config)];
}

function partialRenderingHeaders(config: SiteConfig): string[] {
  const declared = new Set(config.key.variants.filter((v) => v.source === 'header').map((v) => v.field.toLowerCase()));
  return PARTIAL_RENDERING_HEADERS.filter((name) => !declared.has(name));
}

function cookieRules(config: SiteConfig): BypassRule[] {
  const variants = variantsOf(config)
    .map(variantCookie)
    .filter((name) => name !== undefined);
  const names = [...config.eligibility.harmlessCookies, ...variants].map((name) =>
    name.endsWith('*') ? `${escapePattern(name.slice(0, -1))}[^=; ]*` : escapePattern(name),
  );
  const known = names.length === 0 ? '' : `(?:(?:${names.join('|')})=[^;]*(?:;[; ]*|$))*`;
  return [
    // An unknown cookie may be a login.
    { reason: 'cookie', variable: 'http_cookie', pattern: `^[; ]*${known}$`, bypassWhen: 'differs' },
    // Of a variant's cookie sent twice, applications take the first or the last.
    ...anyOf(
      'cookie',
      'http_cookie',
      '',
      variants.map((name) => `(?:^|;) *${escapePattern(name)}=[^;]*;(?:.*;)? *${escapePattern(name)}=`),
      '',
    ),
  ];
}

function listedPaths({ eligibility: { cachedPaths } }: SiteConfig): BypassRule[] {
  return anyOf('path', 'uri', '^', cachedPaths.map(pathPattern), '').map((rule) => ({
    ...rule,
    bypassWhen: 'differs',
  }));
}

function anyOf(reason: string, variable: string, before: string, patterns: string[], after: string): BypassRule[] {
  return patterns.length === 0
    ? []
    : [{ reason, variable, pattern: `${before}(?:${patterns.join('|')})${after}`, bypassWhen: 'matches' }];
}
