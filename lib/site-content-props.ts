import { Duration, Size } from 'aws-cdk-lib';
import { FragmentOptions } from './fragment-options';
import { PageFormat } from './page-format';
import { QueryPolicy, SchemePolicy } from './page-key';
import { PageVariant } from './page-variant';

/** What holds for the pages below a path. */
export interface RouteRule {
  /** A path, with everything below it: `/items` is never `/items-old`. */
  readonly path: string;
  /**
   * How long the pages are kept when the origin does not say. Zero stores nothing.
   * @default - as `defaultTtl` says
   */
  readonly ttl?: Duration;
  /**
   * Tags that the pages have besides those that the origin names.
   * @default - none
   */
  readonly tags?: string[];
  /**
   * Whether HTML is minified.
   * @default - as `minify` of the site says
   */
  readonly minify?: boolean;
  /**
   * Whether pages are stored that hold a CSRF token or a nonce.
   * @default - as `cacheTokens` of the site says
   */
  readonly cacheTokens?: boolean;
}

/** Which pages are cached, and for how long. */
export interface SiteContentProps {
  /**
   * The site's name in keys and index rows: lower-case letters, digits and -, beginning with a letter, 32 at most.
   * @default - made from the construct's path
   */
  readonly siteName?: string;
  /**
   * The hosts whose pages are cached; requests for others are answered with 421.
   * @default - every host is taken, each with pages of its own
   */
  readonly hosts?: string[];
  /**
   * Raised by hand to leave every stored page behind.
   * @default 1
   */
  readonly keyVersion?: number;
  /**
   * Which query parameters make another page.
   * @default - all but well-known tracking parameters
   */
  readonly queryPolicy?: QueryPolicy;
  /**
   * Whether http and https share a page.
   * @default SchemePolicy.SEPARATE
   */
  readonly schemePolicy?: SchemePolicy;
  /**
   * Renderings of the same URL that a cookie, a header, the language or the device chooses.
   * @default - one rendering
   */
  readonly variants?: PageVariant[];
  /**
   * For an application that stores its pages in Memcached itself: how. Then nothing else stores pages, pages are purged by
   * exact URL only, and http and https share them. Nor can an older rendering be kept from being stored after a purge.
   * @default - the site stores whole responses, under keys of its own
   */
  readonly pageFormat?: PageFormat;

  /**
   * Cookies that say nothing about who asks. A request with any other cookie goes to the origin.
   * @default - those of common analytics and consent tools
   */
  readonly harmlessCookies?: string[];
  /**
   * The only paths, with everything below them, that are answered from the cache.
   * @default - every path
   */
  readonly cachedPaths?: string[];
  /**
   * Paths, with everything below them, that always go to the origin.
   * @default - none
   */
  readonly bypassPaths?: string[];
  /**
   * Hosts that always go to the origin.
   * @default - none
   */
  readonly bypassHosts?: string[];
  /**
   * What pages are put together from. A page with fragments goes out as the visitor's own (`Cache-Control: private`).
   * @default - pages go out as they are, whatever they say
   */
  readonly fragments?: FragmentOptions;

  /**
   * How long a 200 is kept when neither the origin nor a route says.
   * @default Duration.seconds(60)
   */
  readonly defaultTtl?: Duration;
  /**
   * The longest that any page is kept, whatever the origin says.
   * @default Duration.days(1)
   */
  readonly maxTtl?: Duration;
  /**
   * How long a 404 or 410 is kept when the origin does not say. Anybody can ask for addresses that do not exist: each then
   * costs what storing a page costs, and holds 64 KiB at most for this time. Zero stores none of them.
   * @default Duration.seconds(0)
   */
  readonly negativeTtl?: Duration;
  /**
   * The longest that an error is kept, whatever the origin says: a 404 or 410 where `negativeTtl` is above zero, any other with
   * `errorsThatSaySo`.
   * @default Duration.minutes(5)
   */
  readonly maxNegativeTtl?: Duration;
  /**
   * Whether a 200 without an ETag gets one, made from its body and type, so that visitors who have the page are answered
   * with 304.
   * @default true
   */
  readonly makeEtags?: boolean;
  /**
   * Whether HTML is stored without comments and superfluous white space. Elements, attributes, scripts, styles and
   * preformatted text stay as they are, and so do comments that programs read. Documents of more than 512 KiB stay whole.
   * @default false
   */
  readonly minify?: boolean;
  /**
   * How long a copy of each page is kept beyond the page's lifetime: to ask the origin whether the page has changed, and for
   * `staleWhileRevalidate` and `staleIfError`. It takes up to as much memory again as the pages. A change leaves every stored page behind, as a change of `maxTtl` then does.
   * @default - no copies are kept
   */
  readonly keptFor?: Duration;
  /**
   * For how long beyond its lifetime a page may be answered when its origin fails and the page itself does not say
   * (`stale-if-error`, RFC 5861 section 4). It must not exceed `keptFor`.
   * @default - only pages that say so themselves are
   */
  readonly staleIfError?: Duration;
  /**
   * How long pages are kept, and which tags they have, by path. Of several that a page is below the longest says how long;
   * all give it their tags.
   * @default - `defaultTtl`, and the tags that the origin names
   */
  readonly routes?: RouteRule[];
  /**
   * Whether the headers that name a page's tags (Cache-Groups, Surrogate-Key and Cache-Tag) go out to visitors.
   * @default false
   */
  readonly keepTagHeaders?: boolean;
  /**
   * Whether pages are stored that hold what is meant for one rendering: a framework's CSRF token, or a nonce of a content
   * security policy. Everybody is then shown the same one, and whoever has seen it can use it.
   * @default false - they are rendered for each visitor
   */
  readonly cacheTokens?: boolean;
  /**
   * Whether redirects are stored that lead to other hosts than the site's own.
   * @default false - the origin is asked each time
   */
  readonly cacheOffSiteRedirects?: boolean;
  /**
   * Headers in `Vary` that are known not to change the page.
   * @default - none: a page that varies by more than the key covers is not stored
   */
  readonly ignoredVary?: string[];
  /**
   * Headers with a constant value that every rendering gets.
   * @default - none
   */
  readonly fillHeaders?: { [name: string]: string };
  /**
   * The largest body that is stored, as it lies in Memcached. With PageCache.serverless() it must be below 1 MB.
   * @default Size.mebibytes(4)
   */
  readonly maxPageSize?: Size;
}
