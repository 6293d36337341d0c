import { Stack, Token } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { PageIndex } from './page-index';

/** How CloudFront's copies are purged. */
export interface CloudFrontPurgeOptions {
  /**
   * Whether copies are removed by tag. The distribution needs a `CacheTagConfig` with the header `Cache-Tag`, the site
   * `keepTagHeaders`, and the application has to name its tags in `Cache-Tag`. CloudFront knows 50 tags of a page, and no upper
   * case.
   * @default false - a purge of a tag removes all copies
   */
  readonly byTag?: boolean;
  /**
   * Whether the query is part of the distribution's cache key. A purge of a URL then counts for two paths.
   * @default true
   */
  readonly queryStrings?: boolean;
  /**
   * How many paths may be removed in a calendar month (UTC). The first 1,000 of an account are free; each above costs $0.005.
   * Where those of a purge do not fit any more, all copies are removed, which counts for one; beyond the cap a purge fails, and
   * ends in `purgeDeadLetterQueue`, when the site's store has been purged.
   * @default 1000
   */
  readonly maxPathsPerMonth?: number;
}

/** What counts the paths. */
export interface PathCount {
  readonly siteName: string;
  readonly pageIndex: PageIndex;
}

/**
 * Has a function remove a distribution's copies after each purge: it may create invalidations of that distribution and count
 * them, and nothing else.
 *
 * @throws Error for a cap that is none.
 */
export function purgeCopies(
  where: string,
  handler: lambda.Function,
  distribution: cloudfront.IDistribution,
  { byTag = false, queryStrings = true, maxPathsPerMonth = 1000 }: CloudFrontPurgeOptions,
  { siteName, pageIndex }: PathCount,
): void {
  if (!Token.isUnresolved(maxPathsPerMonth) && !(Number.isInteger(maxPathsPerMonth) && maxPathsPerMonth >= 1)) {
    throw new Error(`${where}: maxPathsPerMonth must be a whole number of at least 1, got: ${maxPathsPerMonth}`);
  }
  const settings = {
    distribution: distribution.distributionId,
    ...{ site: siteName, table: pageIndex.table.tableName },
    ...{ byTag, queryStrings, maxPathsPerMonth },
  };
  handler.addEnvironment('NMS_CLOUDFRONT', Stack.of(handler).toJsonString(settings));
  distribution.grantCreateInvalidation(handler);
  iam.Grant.addToPrincipal({
    grantee: handler,
    actions: ['dynamodb:UpdateItem'],
    resourceArns: [pageIndex.table.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`cloudfront#${siteName}`] } },
  });
}
