import type { CloudFrontResult } from '../../core/cloudfront';
import type { Preview, Receipt } from '../../core/receipt';

/** What of a receipt, or of a dry run's preview, is passed on to where an event came from. */
export type PurgeAnswer =
  | (Pick<Receipt, 'id' | 'purged' | 'durationMs'> & {
      readonly pages: Pick<Receipt['pages'], 'found' | 'removed'> & Partial<Pick<Receipt['pages'], 'refreshed'>>;
      readonly cloudFront?: CloudFrontResult;
    })
  | (Pick<Preview, 'dryRun'> & { readonly pages: Pick<Preview['pages'], 'found'> });

/** What a purge did, or would do, in one line. */
export function receiptSummary(answer: PurgeAnswer): string {
  if ('dryRun' in answer) {
    return `dry run: ${answer.pages.found} pages found, nothing purged`;
  }
  const { id, purged, pages, durationMs, cloudFront } = answer;
  const refreshed = pages.refreshed ? `, ${pages.refreshed} rendered again` : '';
  const beyond = cloudFront === undefined ? '' : `, and ${cloudFront.paths} paths at CloudFront`;
  return `purge ${id}: ${pages.removed} of ${pages.found} pages removed${refreshed}${purged ? '' : ', not from every node,'} in ${durationMs} ms${beyond}`;
}

/** What a purge did, for later actions of a pipeline. */
export function receiptVariables(answer: PurgeAnswer): { purgeId: string; pagesRemoved: string } {
  return 'dryRun' in answer
    ? { purgeId: 'dry-run', pagesRemoved: '0' }
    : { purgeId: answer.id, pagesRemoved: String(answer.pages.removed) };
}
