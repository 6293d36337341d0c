import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { isAuthorized } from '../../lib/site/forwarded-headers';
import type { SiteConfig } from '../../lib/site/site-config';
import { variantHeaders } from '../../lib/site/variants';
import { PARTIAL_RENDERING_HEADERS } from '../../lib/site/well-known';
import { allows, type CacheDirectives, cacheDirectives } from './cache-directives';
import { freshnessLeft } from './freshness';
import { listMembers } from './header-rules';
import { heuristicLifetime } from './heuristic-freshness';
import { longestRoute } from './longest-route';
import { headerValues, type PageResponse } from './page';
import type { StorageReason } from './reasons';
import { leadsOffSite, leadsToItself } from './redirect-target';
import { storableWhen, type StorableWhen } from './storable-status';

/** Whether a response is stored, and for how many seconds from the moment of its request. */
export type StorageDecision =
  { readonly store: true; readonly ttlSeconds: number } | { readonly store: false; readonly reason: StorageReason };

// RFC 9111 section 3.5.
const ALLOWING_AUTHORIZED = ['public', 's-maxage', 'must-revalidate'];

// DynamoDB's sort keys have 1024 bytes at most: host, path, a space, and a page key of at most 82.
const MOST_ADDRESS_BYTES = 940;

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
  const directives = cacheDirectives(response, config.storage.targetedFields);
  const when = storableWhen(response.status, directives, config.storage);
  const reason = when === 'never' ? 'status' : whyNever(request, response, config, directives);
  if (reason !== undefined) {
    return { store: false, reason };
  }
  const said = ttl ?? freshnessLeft(response, directives, nowMs);
  const lifetime = said ?? lifetimeOfSite(request, response, config, when, allows(directives, 'public'), nowMs);
  if (lifetime === undefined) {
    return { store: false, reason: 'status' };
  }
  const { maxTtl, maxNegativeTtl } = config.storage;
  const ttlSeconds = Math.min(lifetime, response.status >= 400 ? Math.min(maxNegativeTtl, maxTtl) : maxTtl);
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
  if (config.purging.index === 'full' && request.host.length + request.path.length > MOST_ADDRESS_BYTES) {
    return 'address-too-long';
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
  if (isAuthorized(request) && !ALLOWING_AUTHORIZED.some((directive) => allows(directives, directive))) {
    return 'authorization';
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
    if (locations.some((location) => leadsToItself(request, location, config))) {
      return 'self-redirect';
    }
    const isOff =
      !config.storage.offSiteRedirects && locations.some((location) => leadsOffSite(request, location, config));
    return isOff ? 'off-site-redirect' : undefined;
  } catch {
    return 'bad-header';
  }
}

function coveredFields(config: SiteConfig): Set<string> {
  const declared = config.key.variants.flatMap(variantHeaders);
  // Renderings get it then, and everybody gets what they give.
  const isForwarded = config.eligibility.authorization === 'as-the-page-says';
  return new Set([
    ...COVERED_BY_ELIGIBILITY.filter((name) => !isForwarded || name !== 'authorization'),
    ...[...declared, ...config.scheme.headers.map(({ name }) => name), ...config.storage.ignoredVary].map((name) =>
      name.toLowerCase(),
    ),
  ]);
}

/** What counts where the origin names no lifetime; undefined where it has to. */
function lifetimeOfSite(
  request: CanonicalRequest,
  response: PageResponse,
  config: SiteConfig,
  when: StorableWhen,
  isPublic: boolean,
  nowMs: number,
): number | undefined {
  const { negativeTtl, heuristicFraction, defaultTtl } = config.storage;
  const ofRoute = longestRoute(config, request.path, 'ttl');
  const isError = response.status >= 400;
  if (isError && when === 'untold') {
    return Math.min(ofRoute ?? Infinity, negativeTtl);
  }
  const heuristic = heuristicLifetime(response, heuristicFraction, isPublic, nowMs);
  if (when === 'told' && (isError || !isPublic)) {
    return heuristic;
  }
  return ofRoute ?? heuristic ?? (response.status === 200 ? defaultTtl : 0);
}
