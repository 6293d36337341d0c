import { z } from 'zod';
import { compatibilitySchema } from './compatibility-schema';
import { compatibilityFaults } from './compatibility-faults';
import { eligibilitySchema } from './eligibility-schema';
import { fillSchema } from './fill-schema';
import { fragmentsSchema } from './fragments-schema';
import { DECIDING_HEADERS, host, seconds, text, variantValue } from './schema-texts';
import { SITE_NAME, SITE_NAME_RULE } from './site-name';
import { storageSchema } from './storage-schema';
import { variantHeaders } from './variants';
import { variantsSchema } from './variant-schema';
import { warmingSchema } from './warming';
import { DEFAULT_TRACKING_PARAMETERS } from './well-known';

const PARAMETER_NAME = /^[A-Za-z0-9_.[\]-]{1,64}\*?$/;
const parameterName = text(PARAMETER_NAME, "a parameter's name of letters, digits and _.-[], perhaps ending in '*'");

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
  eligibility: eligibilitySchema,
  storage: storageSchema,
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
  cacheStatus: z
    .strictObject({
      /** What `Cache-Status` says besides what happened (RFC 9211 section 2): seconds left, the page key, the origin's status. */
      details: z.array(z.enum(['ttl', 'key', 'fwd-status'], "must be 'ttl', 'key' or 'fwd-status'")).default([]),
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
  fill: fillSchema,
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
      /**
       * Seconds for which a page that was not storable goes straight to the origin, and a stale one is answered without asking
       * it; 0 asks each time, one visitor after the other.
       */
      passMarkerTtl: seconds(0, 3600).default(10),
      /** Milliseconds that a visitor waits for a Memcached node: at most so long when nginx looks a page up, and again while it is filled. */
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
  // A value that is not declared is as none: also for the rendering.
  const ofVariants = new Set(config.key.variants.flatMap(variantHeaders).map((name) => name.toLowerCase()));
  config.fill.forwardedHeaders.forEach((name, i) => {
    if (ofVariants.has(name.toLowerCase())) {
      const message = 'must not be a header of a variant, of which renderings get the declared values';
      context.addIssue({ code: 'custom', path: ['fill', 'forwardedHeaders', i], message });
    }
  });
  if (config.compatibility === undefined) return;
  const untouched = documentSchema.parse({ site: config.site });
  for (const [field, message] of compatibilityFaults(config.compatibility, config, untouched)) {
    context.addIssue({ code: 'custom', path: field.split('.'), message });
  }
});
