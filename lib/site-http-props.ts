import type { Duration } from 'aws-cdk-lib';

/** What `Cache-Status` says of a request besides what happened to it: RFC 9211 section 2. */
export enum CacheStatusDetail {
  /** For how many seconds more the page may be answered. */
  TTL = 'ttl',
  /** The page key, which names the node and tells of every variant. */
  KEY = 'key',
  /** The status with which the origin answered. */
  ORIGIN_STATUS = 'fwd-status',
}

/** Which words of HTTP about caches are heard, besides those that every site hears. */
export interface SiteHttpProps {
  /**
   * Fields of the origin's answers that are meant for this cache, in the order in which they count before `Cache-Control`
   * (RFC 9213 section 2.2), at most 4: the site's own, then those of all CDNs. Visitors get them too. The lifetimes that
   * programs name with `ttl` come in `CDN-Cache-Control`.
   * @default ['CDN-Cache-Control']
   */
  readonly targetedFields?: string[];
  /**
   * The part of the time since `Last-Modified` for which a page is kept, at most for a day, where neither the origin nor a
   * route says how long (RFC 9111 section 4.2.2 suggests 0.1). It counts before `defaultTtl`.
   * @default 0 - `defaultTtl`, also for pages with Last-Modified
   */
  readonly heuristicFraction?: number;
  /**
   * Whether errors are stored that say for how long themselves (RFC 9111 section 3), for `maxNegativeTtl` at most; with
   * `heuristicFraction` also those with Last-Modified to whose status that applies, or that are `public`.
   * @default false - errors are not stored, but for 404 and 410 with `negativeTtl`
   */
  readonly errorsThatSaySo?: boolean;
  /**
   * Whether a copy is kept also of pages that may not be answered without asking the origin (`no-cache`, `max-age=0`), so that
   * it is asked whether they have changed. It needs `keptFor`.
   * @default false
   */
  readonly keepNoCache?: boolean;
  /**
   * For how long beyond its lifetime a page may be answered while it is rendered anew and the page itself does not say
   * (`stale-while-revalidate`, RFC 5861 section 3). It must not exceed `keptFor`.
   * @default - only pages that say so themselves are
   */
  readonly staleWhileRevalidate?: Duration;
  /**
   * Whether requests with `Authorization` are answered by pages that say so: `public`, `s-maxage` or `must-revalidate` (RFC
   * 9111 section 3.5). Renderings then get the header, and everybody gets the page that it gave; whoever sends one gets pages
   * that were stored for others, too. An answer that is not stored costs two renderings each time, without
   * `answerUnstorable`: what one visitor's header leads to says nothing about the next one's.
   * @default false - requests with Authorization go to the origin
   */
  readonly cacheAuthorized?: boolean;
  /**
   * Whether what visitors say about caching (`Cache-Control` and `Pragma` of requests, RFC 9111 section 5.2.1) is honoured.
   * Everybody can then make the origin render.
   * @default false
   */
  readonly honourRequestDirectives?: boolean;
  /**
   * Headers of visitors' requests that renderings get though the page key does not cover them. Whoever asks first decides what
   * all others are shown: only for headers that change nothing in a page.
   * @default - none
   */
  readonly forwardedHeaders?: string[];
  /**
   * Whether a visitor whose page may not be stored gets the origin's answer to the rendering, which had no more than the page
   * key covers, instead of its answer to their own, whole request.
   * @default false - the origin is asked again, with the visitor's own request
   */
  readonly answerUnstorable?: boolean;
  /**
   * What `Cache-Status` says besides what happened.
   * @default - nothing
   */
  readonly cacheStatusDetails?: CacheStatusDetail[];
}
