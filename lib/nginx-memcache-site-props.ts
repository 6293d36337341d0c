import { Duration, Size } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Fill } from './fill';
import { Origin } from './origin';
import { PageCache } from './page-cache';
import { PageIndexing } from './page-index';
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

/** Properties of a site. */
export interface NginxMemcacheSiteProps {
  /** The application that renders the pages. */
  readonly origin: Origin;

  /**
   * The VPC of everything. One without private subnets needs isolated ones and a gateway endpoint for DynamoDB, by which
   * the functions reach the index.
   * @default - the cluster's; without a cluster a new one over two availability zones, with public and isolated subnets and no NAT gateway
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The ECS cluster of the tasks; it must be in the VPC.
   * @default - a new one
   */
  readonly cluster?: ecs.ICluster;
  /**
   * The certificate of the site's hosts. With it the load balancer speaks TLS and redirects http to https.
   * @default - plain http
   */
  readonly certificate?: acm.ICertificate;
  /**
   * The Memcached nodes.
   * @default - PageCache.cluster()
   */
  readonly cache?: PageCache;
  /**
   * Where missed pages are rendered.
   * @default - Fill.sidecar()
   */
  readonly fill?: Fill;

  /**
   * How many tasks run.
   * @default 2
   */
  readonly desiredCount?: number;
  /**
   * A task's processor units (1024 are one processor).
   * @default 256
   */
  readonly cpu?: number;
  /**
   * A task's memory, in MiB.
   * @default 1024
   */
  readonly memoryLimitMiB?: number;

  /**
   * Whether pages are cached. The same site without it sends every request to the origin.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Whether to decide and log only, and ask the origin for every request: to see what a cache would do.
   * @default false
   */
  readonly observeOnly?: boolean;

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
   * The largest body that is stored, as it lies in Memcached.
   * @default Size.mebibytes(4)
   */
  readonly maxPageSize?: Size;

  /**
   * Which rows the index keeps. With PageIndexing.NONE storing a page costs no write to DynamoDB, and pages are purged by
   * exact URL only, without refresh; everything only with `flushOnPurge`.
   * @default PageIndexing.FULL
   */
  readonly index?: PageIndexing;
  /**
   * Whether a purge of everything empties the nodes: say so only when nothing but this site's pages lies on them. Only with
   * PageIndexing.NONE.
   * @default false
   */
  readonly flushOnPurge?: boolean;
  /**
   * Whether a successful POST, PUT, PATCH or DELETE purges its URL (RFC 9111 section 4.4), and the groups that its response
   * names in Cache-Group-Invalidation (RFC 9875).
   * @default false
   */
  readonly purgeOnUnsafeRequests?: boolean;
  /**
   * How many renderings a refreshing purge has under way at once, from 1 to 64.
   * @default 4
   */
  readonly refreshConcurrency?: number;
  /**
   * The name of the function that purges, by which a pipeline of another stack imports it. A function with a name cannot
   * be replaced while it is there.
   * @default - CloudFormation makes one
   */
  readonly purgeFunctionName?: string;
}
