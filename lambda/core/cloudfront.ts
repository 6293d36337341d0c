import { type CloudFrontCopies, cloudFrontPaths, EVERY_PATH } from './cloudfront-paths';
import type { Receipt } from './receipt';

/** What CloudFront was asked after a purge. */
export interface CloudFrontResult {
  /** CloudFront's id of the invalidation. */
  readonly invalidation: string;
  /** How many paths it counts for: the first 1,000 of a month are free. */
  readonly paths: number;
}

export interface CloudFrontTools extends CloudFrontCopies {
  /**
   * Asks CloudFront to remove its copies.
   *
   * @param reference of the purge: asked twice with the same one, CloudFront does it once.
   * @returns the invalidation's id.
   */
  readonly invalidate: (reference: string, paths: readonly string[]) => Promise<string>;
  /** Counts paths that are about to be paid for; false where the month's cap leaves no room for them. */
  readonly spend: (paths: number) => Promise<boolean>;
}

/** The store is purged, and CloudFront may still have the pages. Repeating the purge is safe. */
export class CloudFrontError extends Error {
  public constructor(receipt: Pick<Receipt, 'id'>, why: string, options?: ErrorOptions) {
    super(`purge ${receipt.id} is done in the site's store, but not at CloudFront: ${why}`, options);
    this.name = 'CloudFrontError';
  }
}

/**
 * Has CloudFront remove its copies of what a purge has removed from the store. The other way round, one of CloudFront's locations could
 * fetch the old page in between.
 *
 * @throws CloudFrontError when CloudFront did not take it, or the month's cap is reached.
 */
export async function purgeCloudFront(
  receipt: Pick<Receipt, 'id' | 'selectors'>,
  tools: CloudFrontTools,
): Promise<CloudFrontResult> {
  const { invalidate, spend } = tools;
  const exact = cloudFrontPaths(receipt.selectors, tools);
  try {
    const paths = (await spend(exact.length)) ? exact : (await spend(1)) ? [EVERY_PATH] : [];
    if (paths.length === 0) {
      throw new CloudFrontError(receipt, "the month's cap of paths is reached (maxPathsPerMonth)");
    }
    return { invalidation: await invalidate(receipt.id, paths), paths: paths.length };
  } catch (error) {
    throw error instanceof CloudFrontError
      ? error
      : new CloudFrontError(receipt, (error as Error).message, { cause: error });
  }
}
