import { z } from 'zod';
import { fieldName, isWithoutRepetition, path, seconds, text } from './schema-texts';
import { MOST_TAGS, TAG, TAG_RULE } from './tag';

const mayBeTargeted = (name: string) =>
  !/^(?:cache-control|expires|pragma|age|date|vary|etag|last-modified|content-.*|set-cookie2?|location)$/i.test(name);

const route = z
  .strictObject({
    path,
    /** Seconds that a page is kept: the longest matching path wins over `defaultTtl`, never over the origin. */
    ttl: seconds(0, 31_536_000).optional(),
    /** Tags that the pages have besides those that the origin names. */
    tags: z.array(text(TAG, TAG_RULE)).max(MOST_TAGS, `must have at most ${MOST_TAGS} tags`).default([]),
    /** Whether HTML is minified: the longest matching path that says so wins over the site. */
    minify: z.boolean('must be true or false').optional(),
    /** Whether pages with tokens are stored: the longest matching path that says so wins over the site. */
    storeTokens: z.boolean('must be true or false').optional(),
  })
  .refine(
    ({ tags, ttl, minify, storeTokens }) =>
      tags.length > 0 || [ttl, minify, storeTokens].some((said) => said !== undefined),
    {
      message: 'must have a ttl, tags, minify or storeTokens',
    },
  );

export const storageSchema = z
  .strictObject({
    /** Seconds that a 200 is kept when neither the origin nor a route says anything; 0 stores only what is said to be storable. */
    defaultTtl: seconds(0, 31_536_000).default(60),
    /** The longest that any page is kept, in seconds; index rows live at least as long. */
    maxTtl: seconds(1, 31_536_000).default(86_400),
    /** Seconds that a 404 or 410 is kept when the origin says nothing; 0 stores none of them. */
    negativeTtl: seconds(0, 3600).default(0),
    /** The longest that an error is kept, in seconds, whatever the origin says. */
    maxNegativeTtl: seconds(1, 3600).default(300),
    /** Whether a 200 without an `ETag` gets one, made from its body and type. */
    makeEtags: z.boolean('must be true or false').default(true),
    /** Whether HTML is stored without comments and superfluous white space. */
    minify: z.boolean('must be true or false').default(false),
    /** What holds for the pages of a path and everything below it. */
    routes: z.array(route).max(100, 'must have at most 100 routes').default([]),
    /**
     * Fields of an origin's answers that are meant for this cache, in the order in which they count before `Cache-Control`
     * (RFC 9213 section 2.2): the site's own, then those of all CDNs.
     */
    targetedFields: z
      .array(fieldName.refine(mayBeTargeted, 'must not be a field that means something else'))
      .max(4, 'must have at most 4 names')
      .refine(isWithoutRepetition, 'must not name a field twice')
      .default(['CDN-Cache-Control']),
    /**
     * The part of the time since `Last-Modified` for which a page is kept, at most for a day, when neither the origin nor a route
     * says how long (RFC 9111 section 4.2.2 suggests 0.1); 0 derives none.
     */
    heuristicFraction: z.number('must be a number').min(0, 'must be at least 0').max(1, 'must be at most 1').default(0),
    /**
     * Whether errors are stored that say themselves for how long (RFC 9111 section 3), or by `heuristicFraction`; 404 and 410 also
     * without, for `negativeTtl`.
     */
    errorsThatSaySo: z.boolean('must be true or false').default(false),
    /** Whether pages are kept, to be validated with the origin each time, that may not be answered without (`no-cache`, `max-age=0`). Needs keptFor. */
    keepNoCache: z.boolean('must be true or false').default(false),
    /**
     * Whether pages are stored that hold a CSRF token of a framework, or a nonce of a content security policy: everybody is then
     * shown the same.
     */
    storeTokens: z.boolean('must be true or false').default(false),
    /** Whether redirects are stored that lead to hosts which are not the site's. */
    offSiteRedirects: z.boolean('must be true or false').default(false),
    /** Headers in `Vary` that are known not to change the page. */
    ignoredVary: z.array(fieldName).max(20, 'must have at most 20 names').default([]),
    /** Seconds that a copy of each page is kept beyond the page's lifetime; 0 keeps none. A change leaves every stored page behind. */
    keptFor: seconds(0, 31_536_000).default(0),
    /** Seconds beyond its lifetime for which a page may be answered while it is rendered anew, where the page does not say. */
    staleWhileRevalidate: seconds(0, 31_536_000).default(0),
    /** Seconds beyond its lifetime for which a page may be answered when its origin fails and the page does not say. */
    staleIfError: seconds(0, 31_536_000).default(0),
  })
  .refine(({ negativeTtl, maxNegativeTtl }) => negativeTtl <= maxNegativeTtl, {
    path: ['negativeTtl'],
    message: 'must be at most storage.maxNegativeTtl, 300 seconds by default',
  })
  .refine(({ keptFor, staleIfError }) => staleIfError <= keptFor, {
    path: ['staleIfError'],
    message: 'must not exceed keptFor: what is not kept cannot be answered',
  })
  .refine(({ keptFor, staleWhileRevalidate }) => staleWhileRevalidate <= keptFor, {
    path: ['staleWhileRevalidate'],
    message: 'must not exceed keptFor: what is not kept cannot be answered',
  })
  .refine(({ keptFor, keepNoCache }) => !keepNoCache || keptFor > 0, {
    path: ['keepNoCache'],
    message: 'must be false without keptFor: what is not kept cannot be validated',
  })
  .prefault({});
