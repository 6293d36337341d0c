import { forEachAtOnce } from './batches';
import { fill } from './fill';
import type { FillAnswer, FillTools } from './fill-tools';
import type { PushedPage } from './write-request';

/** What became of a pushed page: `stored`, or why it was not. */
export interface WriteResult {
  readonly url: string;
  readonly outcome: Extract<FillAnswer, { kind: 'page' }>['outcome'];
}

// Enough to hide the index's round trips, few enough for its smallest tables.
const AT_ONCE = 8;

/**
 * Stores pages that the application rendered, over what lies there. The storage rules, and the protocol that keeps purged
 * pages away, are those of a fill that begins now.
 */
export async function write(pages: readonly PushedPage[], tools: FillTools): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  await forEachAtOnce(pages.entries(), AT_ONCE, async ([i, page]) => {
    results[i] = { url: page.url, outcome: await push(page, tools) };
  });
  return results;
}

async function push({ request, response, terms }: PushedPage, tools: FillTools): Promise<WriteResult['outcome']> {
  const answer = await fill(tools, () => Promise.resolve(response), request, { over: 'anything', terms });
  return answer.kind === 'page' ? answer.outcome : answer.reason;
}
