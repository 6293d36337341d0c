import type { IndexReader } from './index-reader';
import type { PurgeEntry, PurgeList } from './inspect-answers';
import { JOURNAL_MS } from './inspect-request';
import type { PurgeRecord } from './page-index';
import type { Selector } from './selector';

const DAY_MS = 86_400_000;
// Of one purge: what is listed must fit into one answer.
const MOST_SELECTORS = 20;

/** The purges of this site since a moment, the newest first. What visitors brought about is not among them. */
export async function listPurges(
  { limit, sinceAt }: { readonly limit: number; readonly sinceAt: number },
  { index, now }: { readonly index: Pick<IndexReader, 'purges'>; readonly now: () => number },
): Promise<PurgeList> {
  const begin = Math.max(sinceAt, now() - JOURNAL_MS);
  const purges: PurgeEntry[] = [];
  for (let day = dayOf(now()); day >= dayOf(begin); day -= DAY_MS) {
    for await (const records of index.purges(new Date(day).toISOString().slice(0, 10))) {
      for (const record of records.filter(({ at }) => at >= begin)) {
        if (purges.length === limit) return { purges, sinceAt: begin, more: true };
        purges.push(entryOf(record));
      }
    }
  }
  return { purges, sinceAt: begin, more: false };
}

function dayOf(ms: number): number {
  return ms - (ms % DAY_MS);
}

function entryOf({ selected, ...record }: PurgeRecord): PurgeEntry {
  return { ...record, selectors: readSelectors(selected).slice(0, MOST_SELECTORS) };
}

/** The selectors in a text that may have been cut off behind one of them. */
function readSelectors(text: string): Selector[] {
  for (let end = text.length; end > 0; end = text.lastIndexOf('},', end - 2) + 1) {
    try {
      return JSON.parse(end === text.length ? text : `${text.slice(0, end)}]`) as Selector[];
    } catch {
      continue;
    }
  }
  return [];
}
