import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { pathPattern } from '../../lib/site/eligibility';
import type { SiteConfig } from '../../lib/site/site-config';
import { variantHeaders } from '../../lib/site/variants';
import { PARTIAL_RENDERING_HEADERS } from '../../lib/site/well-known';
import { type CacheDirectives, cacheDirectives } from './cache-directives';
import { freshnessLeft } from './freshness';
import { listMembers } from './header-rules';
import { headerValues, type PageResponse } from './page';
import type { StorageReason } from './reasons';
import { leadsToItself } from './self-redirect';

/** Whether a response is stored, and for how many seconds from the moment of its request. */
export type StorageDecision =
  { readonly store: true; readonly ttlSeconds: number } | { readonly store: false; readonly reason: StorageReason };

/** The statuses of RFC 9110 section 15.1 that caches may keep without being told, less the errors, 204 and 206. */
export const STORED_STATUSES: ReadonlySet<number> = new Set([200, 203, 300, 301, 308]);
const STORED_WHEN_TOLD = new Set([302, 307]);
/** The errors that a site may keep for a short time of their own: there is no such page. */
export const NEGATIVE_STATUSES: ReadonlySet<number> = new Set([404, 410]);

/**
 * What eligible requests and fills have in common: of each of these headers they carry none, or the rendering is the same
 * for all under its key. Like `Cookie`, the others make a request bypass the cache; nginx gzips and gunzips by itself.
 */
const COVERED_BY_ELIGIBILITY = [
  'accept-encoding',
  'cookie',
  'authorization',
  'origin',
  'range',
  'upgrade',
  // By the canonical request's scheme.
  'x-forwarded-proto',
  ...PARTIAL_RENDERING_HEADERS,
];

/**
 * Decides whether a shared cache stores a response: RFC 9111, and stricter where a wrong decision would show one
 * visitor's page to another. Nothing is decided by a file's name.
 *
 * @param nowMs when the request was made, in milliseconds since 1970.
 * @param ttl seconds that are said besides the headers, and count before their lifetime. Default: none
 */
export function decideStorage(
  request: CanonicalRequest,
  response: PageResponse,
  config: SiteConfig,
  nowMs: number,
  ttl?: number,
): StorageDecision {
  const directives = cacheDirectives(response.headers);
  const reason = whyNever(request, response, config, directives);
  if (reason !== undefined) {
    return { store: false, reason };
  }
  const said = ttl ?? freshnessLeft(response, directives, nowMs);
  if (said === undefined && STORED_WHEN_TOLD.has(response.status)) {
    return { store: false, reason: 'status' };
  }
  const { maxTtl, maxNegativeTtl } = config.storage;
  const longest = NEGATIVE_STATUSES.has(response.status) ? Math.min(maxNegativeTtl, maxTtl) : maxTtl;
  const ttlSeconds = Math.min(said ?? ownLifetime(request, response, config), longest);
  return ttlSeconds > 0
    ? { store: true, ttlSeconds }
    : { store: false, reason: said === undefined ? 'no-lifetime' : 'expired' };
}

function whyNever(
  request: CanonicalRequest,
  response: PageResponse,
  config: SiteConfig,
  directives: CacheDirectives,
): StorageReason | undefined {
  const { headers, status } = response;
  const keepsNegative = config.storage.negativeTtl > 0 && NEGATIVE_STATUSES.has(status);
  if (!STORED_STATUSES.has(status) && !STORED_WHEN_TOLD.has(status) && !keepsNegative) {
    return 'status';
  }
  if (headers.some(([name]) => /^set-cookie2?$/i.test(name))) {
    return 'set-cookie';
  }
  if (directives.forbidden !== undefined) {
    return directives.forbidden;
  }
  // RFC 9111 section 5.4: requests' `Pragma`, which many applications send in responses and mean it.
  if (!directives.targeted && directives.values.size === 0 && listMembers(headers, 'Pragma').includes('no-cache')) {
    return 'no-cache';
  }
  if (!listMembers(headers, 'Vary').every((name) => coveredFields(config).has(name))) {
    return 'vary';
  }
  if (headerValues(headers, 'Content-Length').some((length) => length.trim() !== String(response.body.length))) {
    return 'truncated';
  }
  return status >= 300 && status < 400
    ? whyNotThisRedirect(request, headerValues(headers, 'Location'), config)
    : undefined;
}

function whyNotThisRedirect(
  request: CanonicalRequest,
  locations: string[],
  config: SiteConfig,
): StorageReason | undefined {
  try {
    return locations.some((location) => leadsToItself(request, location, config)) ? 'self-redirect' : undefined;
  } catch {
    return 'bad-header';
  }
}

function coveredFields(config: SiteConfig): Set<string> {
  const declared = config.key.variants.flatMap(variantHeaders);
  return new Set([
    ...COVERED_BY_ELIGIBILITY,
    ...[...declared, ...config.scheme.headers.map(({ name }) => name), ...config.storage.ignoredVary].map((name) =>
      name.toLowerCase(),
    ),
  ]);
}

function ownLifetime(request: CanonicalRequest, response: PageResponse, config: SiteConfig): number {
  const matching = config.storage.routes.filter(
    ({ path, ttl }) => ttl !== undefined && new RegExp(`^${pathPattern(path)}`).test(request.path),
  );
  const [longest] = matching.sort((a, b) => b.path.length - a.path.length);
  if (NEGATIVE_STATUSES.has(response.status)) {
    return Math.min(longest?.ttl ?? Infinity, config.storage.negativeTtl);
  }
  return longest?.ttl ?? (response.status === 200 ? config.storage.defaultTtl : 0);
}
