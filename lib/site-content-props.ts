import { Duration, Size } from 'aws-cdk-lib';
import { PageVariant, QueryPolicy, SchemePolicy } from './page-key';

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
   * Renderings of the same URL that a cookie or a header chooses.
   * @default - one rendering
   */
  readonly variants?: PageVariant[];

  /**
   * Cookies that say nothing about who asks. A request with any other cookie goes to the origin.
   * @default - those of common analytics and consent tools
   */
  readonly harmlessCookies?: string[];
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
