import { PageIndexing } from './page-index';

/** How pages are found again, and purged. */
export interface SitePurgeProps {
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
