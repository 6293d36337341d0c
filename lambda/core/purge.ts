import { type KeySpec, keySpec } from '../../lib/site/page-key';
import { batches } from './batches';
import { exactKeys } from './exact-keys';
import type { FillTools, View } from './fill-tools';
import { merge } from './merge';
import { NodeDeletions } from './node-deletions';
import type { JournalEntry, NodeRegistry, PageIndex, PageRow } from './page-index';
import type { PurgeRequest } from './purge-request';
import { PurgeIncompleteError, type Receipt, type SelectedPages } from './receipt';
import { Refresher } from './refresh';
import { settleGoneNodes, emptyReturningNodes } from './returning-nodes';

/** What a purge needs: what its refreshes' fills need, and besides: */
export interface PurgeTools extends FillTools {
  /** Makes a unique id for a purge. */
  readonly newId: () => string;
  /** Whether a node that does not answer still exists, and so may still hold pages. */
  readonly nodeExists: (node: string) => Promise<boolean>;
  /** Renders pages for a refresh. @default - a request to refresh is refused */
  readonly view?: View;
  /** Milliseconds until the purge has to be done. @default - as many as it takes */
  readonly timeLeft?: () => number;
}

// Keys that go to a node at once: some 30 kB, and not held up by one slow reply for long.
const BATCH = 500;
// Selectors whose rows are read at once.
const SELECTORS_AT_ONCE = 16;

/**
 * Removes pages: once it returns, no rendering of them that began before is in the store, or ever will be. Its order is
 * that of DESIGN, "Purge". Index rows stay where they are: a fill that is about to publish is found by them.
 *
 * @throws PurgeIncompleteError when a node did not answer, IndexError when the index did not; repeating it is safe.
 */
export async function purge(request: PurgeRequest, tools: PurgeTools): Promise<Receipt> {
  const { pages, index, now } = tools;
  const { selectors, mode, caller } = request;
  const entry: JournalEntry = { id: tools.newId(), selectors, mode, caller, at: now() };
  await index.record(entry);
  // Read when the entry is there: a fill that did not see the entry has registered its node before.
  const registry = await index.nodes();
  const deletions = new NodeDeletions(pages, new Set([...pages.nodes, ...registry.nodes]));
  const selected = await removeSelected(request, tools, deletions, registry);
  await settleGoneNodes(deletions, tools);
  await emptyReturningNodes(registry, tools);
  const purged = deletions.failed.length === 0;
  const receipt: Receipt = {
    id: entry.id,
    purged,
    mode,
    selectors,
    pages: { ...selected, removed: deletions.removed },
    nodes: deletions.results(),
    durationMs: now() - entry.at,
  };
  await index.finish(entry, {
    purged,
    pages: receipt.pages,
    durationMs: receipt.durationMs,
    failed: receipt.nodes.flatMap(({ node, error }) => (error === undefined ? [] : [`${node}: ${error}`])),
  });
  if (!purged) {
    throw new PurgeIncompleteError(receipt);
  }
  return receipt;
}

async function removeSelected(
  request: PurgeRequest,
  tools: PurgeTools,
  deletions: NodeDeletions,
  registry: NodeRegistry,
): Promise<Omit<SelectedPages, 'removed'>> {
  if (tools.config.purging.index === 'none' && request.selectors.some(({ kind }) => kind === 'everything')) {
    await deletions.flush();
    return { found: 0, refreshed: 0 };
  }
  const refresher = request.mode === 'refresh' ? new Refresher(tools, deletions) : undefined;
  let found = 0;
  for await (const rows of selectedRows(request, tools)) {
    found += rows.filter(({ storedUntil }) => storedUntil * 1000 > tools.now()).length;
    await (refresher === undefined ? deletions.remove(rows.map(({ key }) => key)) : refresher.refresh(rows));
  }
  for (const keys of batches(keysWithoutIndex(request, tools, registry), BATCH)) {
    await deletions.remove(refresher === undefined ? keys : keys.filter((key) => !refresher.isRefreshed(key)));
  }
  return { found, refreshed: refresher?.refreshed ?? 0 };
}

/** The rows of all selectors, in batches that are not too large for a node. */
export async function* selectedRows(
  { selectors }: Pick<PurgeRequest, 'selectors'>,
  { index, config }: { readonly index: PageIndex; readonly config: PurgeTools['config'] },
): AsyncGenerator<PageRow[]> {
  if (config.purging.index === 'none') {
    return;
  }
  const streams = selectors.map((selector) => () => index.select(selector));
  for await (const rows of merge(streams, SELECTORS_AT_ONCE)) {
    yield* batches(rows, BATCH);
  }
}

function* keysWithoutIndex(
  { pages }: PurgeRequest,
  { config }: PurgeTools,
  { keySpecs }: NodeRegistry,
): Generator<string> {
  const own = JSON.stringify(keySpec(config));
  for (const spec of new Set([own, ...keySpecs])) {
    for (const page of pages) {
      yield* exactKeys(JSON.parse(spec) as KeySpec, page);
    }
  }
}
