import { BYPASS_REASONS, isBypassReason } from './bypass-reasons';
import { FILL_REASONS, isStorageReason, STORAGE_REASONS } from './reasons';

/** What nginx says besides the reasons of the writer's. */
const OF_NGINX: Readonly<Record<string, string>> = {
  'writer-unreachable': 'what renders misses did not answer, so the application was asked itself',
  kept: 'it is kept, and the application is asked each time whether it still holds',
  'stale-if-error': 'the application failed, and this is what it gave before',
  'stale-while-revalidate': 'it is what was there before, while the application is asked',
};

/** What `Cache-Status` of an answer means, in a sentence: whether it was cached, or why not. */
export function cacheStatusText(status: string): string {
  const detail = /(?:^|;\s*)detail=([\w-]+)/.exec(status)?.[1];
  const because = detail === undefined ? '' : `, ${detail}: ${sentenceOf(detail)}`;
  if (/^hit\b/.test(status)) return `yes, from the store${because}`;
  if (/;\s*stored\b/.test(status)) return `yes, stored just now${because}`;
  if (/;\s*collapsed\b/.test(status)) return `yes, somebody else just had it stored${because}`;
  return detail === undefined ? `no, and it does not say why (${status})` : `no${because}`;
}

function sentenceOf(reason: string): string {
  if (isBypassReason(reason)) return BYPASS_REASONS[reason];
  if (isStorageReason(reason)) return STORAGE_REASONS[reason];
  return { ...OF_NGINX, ...FILL_REASONS }[reason] ?? 'not known to this release';
}
