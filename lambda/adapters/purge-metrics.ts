import { BadRequestError } from '../core/bad-request';
import { PurgeIncompleteError, type Preview, type Receipt } from '../core/receipt';
import { metricsLine, type Print } from './metrics';

/**
 * A purge function that tells CloudWatch of each purge, also of one that fails. A request that is refused is no purge, nor is
 * a preview.
 */
export function measuredPurge<Arguments extends unknown[]>(
  site: string,
  handler: (...given: Arguments) => Promise<Receipt | Preview>,
  print: Print,
): (...given: Arguments) => Promise<Receipt | Preview> {
  const tell = (line: string | undefined) => {
    if (line !== undefined) print(line);
  };
  const purged = ({ pages, durationMs }: Receipt, failures: number) =>
    tell(
      metricsLine(site, {
        Purges: 1,
        PurgedPages: pages.removed + pages.refreshed,
        PurgeDuration: durationMs,
        PurgeFailures: failures,
      }),
    );
  return async (...given) => {
    try {
      const receipt = await handler(...given);
      if ('purged' in receipt) purged(receipt, 0);
      return receipt;
    } catch (error) {
      if (error instanceof PurgeIncompleteError) purged(error.receipt, 1);
      else if (!(error instanceof BadRequestError)) tell(metricsLine(site, { Purges: 1, PurgeFailures: 1 }));
      throw error;
    }
  };
}
