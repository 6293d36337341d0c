import { pageKey } from '../../lib/site/page-key';
import { forEachAtOnce } from './batches';
import { fill } from './fill';
import type { PageRow } from './page-index';
import { UsageUnknownError } from './page-store';
import { hasTime, tryAgain, verdictOf, type WarmTools } from './warm-render';
import { WarmTally } from './warm-result';
import type { RefreshAheadWork, WarmAnswer } from './warm-work';

interface AskedFor {
  readonly row: PageRow;
  readonly idleSeconds: number;
}

// Pages that a node is asked about at once.
const ASKED_AT_ONCE = 64;

/**
 * Renders pages anew that expire soon and have been asked for since they were stored, and publishes them over the old ones:
 * nobody meets a miss. Of too many, those that were asked for last come first. What cannot be rendered, stays until it
 * expires.
 *
 * The nodes know which pages are asked for, without a count or a log: `PageStore.usage`.
 */
export async function refreshAhead(work: RefreshAheadWork, tools: WarmTools): Promise<WarmAnswer> {
  const tally = new WarmTally();
  try {
    const chosen = tools.now() < work.until ? await choose(work, tools) : [];
    await forEachAtOnce(chosen, tools.concurrency, async ({ row }) => {
      const { outcome, reason, detail } = await refresh(row, tools);
      tally.add(outcome, { url: urlOf(row), ...(reason && { reason }), ...(detail && { detail }) });
    });
  } catch (error) {
    if (!(error instanceof UsageUnknownError)) throw error;
    tally.add('failed', { url: '', reason: 'usage-unknown', detail: error.message });
  }
  return { result: tally.result };
}

async function choose({ before, atMost }: RefreshAheadWork, tools: WarmTools): Promise<readonly AskedFor[]> {
  const { pages, index, config, now } = tools;
  let chosen: AskedFor[] = [];
  const keepBest = (most: number) => {
    chosen = chosen.sort((a, b) => a.idleSeconds - b.idleSeconds).slice(0, most);
  };
  for await (const rows of index.select({ kind: 'everything' })) {
    const [from, until] = [now(), now() + before * 1000];
    const expiring = rows.filter(
      (row) => row.storedUntil * 1000 > from && row.storedUntil * 1000 <= until && pageKey(config, row) === row.key,
    );
    await forEachAtOnce(expiring, ASKED_AT_ONCE, async (row) => {
      const usage = await pages.usage(row.key);
      if (usage?.read === true) chosen.push({ row, idleSeconds: usage.idleSeconds });
    });
    if (chosen.length > 2 * atMost) keepBest(atMost);
  }
  keepBest(atMost);
  return chosen;
}

async function refresh(row: PageRow, tools: WarmTools): ReturnType<typeof tryAgain> {
  if (!hasTime(tools)) {
    return { outcome: 'failed', reason: 'no-time' };
  }
  return tryAgain(tools, async () => {
    await tools.pace.turn();
    return verdictOf(await fill(tools, tools.view, row, { over: 'page', validate: true }));
  });
}

function urlOf({ scheme, host, path, query }: PageRow): string {
  return `${scheme}://${host}${path}${query === '' ? '' : `?${query}`}`;
}
