import { z } from 'zod';
import { compatibilitySchema } from './compatibility-schema';
import { compatibilityFaults } from './compatibility-faults';
import { fragmentsSchema } from './fragments-schema';
import { cookieName, DECIDING_HEADERS, fieldName, fieldValue, path, text, variantValue } from './schema-texts';
import { SITE_NAME, SITE_NAME_RULE } from './site-name';
import { MOST_TAGS, TAG, TAG_RULE } from './tag';
import { variantsSchema } from './variant-schema';
import { warmingSchema } from './warming';
import { DEFAULT_HARMLESS_COOKIES, DEFAULT_TRACKING_PARAMETERS } from './well-known';

const PARAMETER_NAME = /^[A-Za-z0-9_.[\]-]{1,64}\*?$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const seconds = (least: number, most: number) =>
  z
    .int('must be a whole number of seconds')
    .min(least, `must be at least ${least} seconds`)
    .max(most, `must be at most ${most} seconds`);

const host = text(HOST, 'a host name in lower case, without a port');
const parameterName = text(PARAMETER_NAME, "a parameter's name of letters, digits and _.-[], perhaps ending in '*'");

const route = z
  .strictObject({
    path,
    /** Seconds that a page is kept: the longest matching path wins over `defaultTtl`, never over the origin. */
    ttl: seconds(0, 31_536_000).optional(),
    /** Tags that the pages have besides those that the origin names. */
    tags: z.array(text(TAG, TAG_RULE)).max(MOST_TAGS, `must have at most ${MOST_TAGS} tags`).default([]),
    /** Whether HTML is minified: the longest matching path that says so wins over the site. */
    minify: z.boolean('must be true or false').optional(),
  })
  .refine(({ ttl, tags, minify }) => ttl !== undefined || tags.length > 0 || minify !== undefined, {
    message: 'must have a ttl, tags or minify',
  });

const query = z
  .discriminatedUnion('policy', [
    z.strictObject({ policy: z.literal('none') }),
    z.strictObject({ policy: z.literal('all') }),
    z.strictObject({
      policy: z.literal('only'),
      names: z.array(parameterName).min(1, 'must name at least one parameter'),
    }),
    z.strictObject({
      policy: z.literal('except'),
      names: z.array(parameterName).min(1, 'must name at least one parameter'),
    }),
  ])
  .default({ policy: 'except', names: [...DEFAULT_TRACKING_PARAMETERS] });

const schemeHeader = z.strictObject({
  // ALBs and nginx drop names with an underscore.
  name: text(/^[A-Za-z0-9-]{1,64}$/, "a header's name of letters, digits and -").refine(
    (name) => !OTHER_HEADERS_OF_RENDERINGS.has(name.toLowerCase()) && !DECIDING_HEADERS.has(name.toLowerCase()),
    'must not be a header that renderings have by themselves, or that decides whether a request may be cached at all',
  ),
  /** What it says, without regard to case, of a visitor who came by https. */
  value: variantValue,
});

const OTHER_HEADERS_OF_RENDERINGS = new Set(['user-agent', 'x-forwarded-for', 'x-forwarded-proto']);

const documentSchema = z.strictObject({
  /** The site's name. It begins every key and index row, so that sites can share nodes and a table. */
  site: text(SITE_NAME, SITE_NAME_RULE),
  /** `on` caches; `observe` decides and logs but always asks the origin; `off` takes the cache out of the way. */
  mode: z.enum(['on', 'observe', 'off'], "must be 'on', 'observe' or 'off'").default('on'),
  /** The hosts whose pages are cached; requests for others get 421. Without any, every well-formed host is its own. */
  hosts: z.array(host).max(100, 'must have at most 100 hosts').default([]),
  key: z
    .strictObject({
      /** Raised by hand to leave every stored page behind. */
      version: z
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(999_999, 'must be at most 999999')
        .default(1),
      /** Whether http and https share a page, have one each, or https is never cached. */
      scheme: z
        .enum(['same', 'separate', 'https-bypasses'], "must be 'same', 'separate' or 'https-bypasses'")
        .default('separate'),
      query,
      variants: variantsSchema,
    })
    .prefault({}),
  scheme: z
    .strictObject({
      /**
       * Headers by which proxies before the load balancer say that a visitor came by https (`CloudFront-Forwarded-Proto`,
       * `X-Forwarded-SSL`). The first that a request has decides, before `X-Forwarded-Proto`.
       */
      headers: z
        .array(schemeHeader)
        .max(4, 'must have at most 4 headers')
        .refine((headers) => new Set(headers.map(({ name }) => name.toLowerCase())).size === headers.length, {
          message: 'must not name a header twice',
        })
        .default([]),
    })
    .prefault({}),
  eligibility: z
    .strictObject({
      /** Cookies that say nothing about who asks, so that requests with them may be answered from the cache. */
      harmlessCookies: z
        .array(cookieName)
        .max(100, 'must have at most 100 names')
        .default([...DEFAULT_HARMLESS_COOKIES]),
      /** The only paths, with everything below them, that are answered from the cache. Without any, every path is. */
      cachedPaths: z.array(path).max(100, 'must have at most 100 paths').default([]),
      /** Paths, with everything below them, that always go to the origin. */
      bypassPaths: z.array(path).max(100, 'must have at most 100 paths').default([]),
      /** Hosts that always go to the origin (an editors' host). */
      bypassHosts: z.array(host).max(100, 'must have at most 100 hosts').default([]),
    })
    .prefault({}),
  storage: z
    .strictObject({
      /** Seconds that a 200 is kept when neither the origin nor a route says anything; 0 stores only what is said to be storable. */
      defaultTtl: seconds(0, 31_536_000).default(60),
      /** The longest that any page is kept, in seconds; index rows live at least as long. */
      maxTtl: seconds(1, 31_536_000).default(86_400),
      /** Seconds that a 404 or 410 is kept when the origin says nothing; 0 stores none of them. */
      negativeTtl: seconds(0, 3600).default(0),
      /** The longest that a 404 or 410 is kept, in seconds, whatever the origin says. */
      maxNegativeTtl: seconds(1, 3600).default(300),
      /** Whether a 200 without an `ETag` gets one, made from its body and type. */
      makeEtags: z.boolean('must be true or false').default(true),
      /** Whether HTML is stored without comments and superfluous white space. */
      minify: z.boolean('must be true or false').default(false),
      /** What holds for the pages of a path and everything below it. */
      routes: z.array(route).max(100, 'must have at most 100 routes').default([]),
      /** Headers in `Vary` that are known not to change the page. */
      ignoredVary: z.array(fieldName).max(20, 'must have at most 20 names').default([]),
      /** Seconds that a copy of each page is kept beyond the page's lifetime; 0 keeps none. A change leaves every stored page behind. */
      keptFor: seconds(0, 31_536_000).default(0),
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
    .prefault({}),
  tags: z
    .strictObject({
      /** Whether the headers that name a page's tags (`Cache-Groups`, `Surrogate-Key`, `Cache-Tag`) go out to visitors. */
      keepHeaders: z.boolean('must be true or false').default(false),
    })
    .prefault({}),
  purging: z
    .strictObject({
      /** `none` writes no rows when a page is stored: then only exact URLs and everything can be purged. */
      index: z.enum(['full', 'none'], "must be 'full' or 'none'").default('full'),
      /** Without an index: nothing but this site's pages lies on the nodes, so that a purge of everything may empty them. */
      flush: z.boolean('must be true or false').default(false),
      /** Whether a successful unsafe request purges its URL and the groups that its response names. */
      onUnsafeRequests: z.boolean('must be true or false').default(false),
      /** How many renderings a refreshing purge has under way at once. */
      refreshConcurrency: z
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(64, 'must be at most 64')
        .default(4),
    })
    .refine(({ index, flush }) => !flush || index === 'none', {
      path: ['flush'],
      message: "must be false where the index is 'full', which knows what is the site's own",
    })
    .refine(({ index, onUnsafeRequests }) => !onUnsafeRequests || index === 'full', {
      path: ['onUnsafeRequests'],
      message: "must be false where the index is 'none': the pages of a URL could not be found",
    })
    .prefault({}),
  warming: warmingSchema,
  /** What pages are put together from. Without it, nothing that a page says is obeyed. */
  fragments: fragmentsSchema.optional(),
  perNodeCache: z
    .strictObject({
      /** Bytes of pages that each nginx keeps for about a second in front of Memcached; 0 keeps none. A purge then is visible within two seconds. */
      size: z
        .int('must be a whole number of bytes')
        .max(64 * 1024 ** 3, 'must be at most 68719476736 bytes')
        .refine((size) => size === 0 || size >= 1024 ** 2, 'must be 0, or at least 1048576 bytes')
        .default(0),
    })
    .prefault({}),
  fill: z
    .strictObject({
      /** Headers with a constant value that every rendering gets. */
      headers: z.record(fieldName, fieldValue).default({}),
      userAgent: fieldValue.default('nginx-memcache-site'),
      /** The client address that renderings claim: public, and nobody's (AS112, RFC 7535). */
      clientAddress: z
        .union([z.ipv4('must be an IP address'), z.ipv6('must be an IP address')])
        .default('192.31.196.1'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** The largest body that is stored, in bytes as it lies in Memcached. */
      pageSize: z
        .int()
        .min(1024, 'must be at least 1024 bytes')
        .max(128 * 1024 * 1024, 'must be at most 134217728 bytes')
        .default(4 * 1024 * 1024),
      /** The largest status line and headers that are stored, in bytes. nginx never finds a page above its own limit, which is rendered from this one. */
      headSize: z
        .int()
        .min(1024, 'must be at least 1024 bytes')
        .max(65_536, 'must be at most 65536 bytes')
        .default(32_768),
      /** Seconds that a rendering may take before the visitor is sent to the origin. */
      fillDeadline: seconds(1, 300).default(25),
      /** Seconds for which a page that was not storable goes straight to the origin, and a stale one is answered without asking it. */
      passMarkerTtl: seconds(1, 3600).default(10),
      /** Milliseconds that a visitor waits for a Memcached node while a missed page is filled: as long as nginx's lookup may take. */
      storeTimeout: z
        .int()
        .min(10, 'must be at least 10 milliseconds')
        .max(5000, 'must be at most 5000 milliseconds')
        .default(50),
    })
    .prefault({}),
  /** For an application that stores its pages itself: how it makes their keys. nginx then only reads. */
  compatibility: compatibilitySchema.optional(),
});

export const siteConfigSchema = documentSchema.superRefine((config, context) => {
  if (config.compatibility === undefined) return;
  const untouched = documentSchema.parse({ site: config.site });
  for (const [field, message] of compatibilityFaults(config.compatibility, config, untouched)) {
    context.addIssue({ code: 'custom', path: field.split('.'), message });
  }
});
