import type { SiteConfig } from '../../lib/site/site-config';
import { exactKeys } from './exact-keys';
import { NodeDeletions } from './node-deletions';
import type { PageIndex, Selector } from './page-index';
import type { PageStore } from './page-store';
import type { PurgeRequest } from './purge-request';
import { PurgeIncompleteError, type Receipt } from './receipt';

export interface PurgeTools {
  readonly pages: PageStore;
  readonly index: PageIndex;
  readonly config: SiteConfig;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes a unique id for a purge. */
  readonly newId: () => string;
}

// Keys that go to a node at once: some 30 kB, and not held up by one slow reply for long.
const BATCH = 500;

/**
 * Removes pages: once it returns, no rendering of them that began before is in the store, or ever will be. Its order is
 * that of DESIGN, "Purge". Index rows stay where they are: a fill that is about to publish is found by them.
 *
 * @throws PurgeIncompleteError when a node did not answer, IndexError when the index did not; repeating it is safe.
 */
export async function purge(request: PurgeRequest, { pages, index, config, now, newId }: PurgeTools): Promise<Receipt> {
  const startedAt = now();
  const id = newId();
  const selectors = selectorsOf(request);
  await index.record({ id, selectors, caller: request.caller, at: startedAt });
  // Read when the entry is there: a fill that did not see the entry has registered its node before.
  const deletions = new NodeDeletions(pages, new Set([...pages.nodes, ...(await index.nodes())]));
  for (const keys of batches(keysWithoutIndex(config, request), BATCH)) {
    await deletions.remove(keys);
  }
  let found = 0;
  for (const selector of selectors) {
    for await (const rows of index.select(selector)) {
      found += rows.length;
      await deletions.remove(rows.map(({ key }) => key));
    }
  }
  const receipt: Receipt = {
    id,
    purged: deletions.complete,
    selectors,
    pages: { found, removed: deletions.removed },
    nodes: deletions.results(),
    durationMs: now() - startedAt,
  };
  if (!receipt.purged) {
    throw new PurgeIncompleteError(receipt);
  }
  return receipt;
}

/** The selectors of a request. None selects a page that another one selects too, so that rows are counted once. */
function selectorsOf({ pages, everything }: PurgeRequest): Selector[] {
  if (everything) {
    return [{ kind: 'everything' }];
  }
  const distinct = new Map(pages.map(({ host, path }) => [`${host}${path}`, { host, path }]));
  return [...distinct.values()].map(({ host, path }) => ({ kind: 'url', host, path }));
}

function* keysWithoutIndex(config: SiteConfig, request: PurgeRequest): Generator<string> {
  for (const page of request.pages) {
    yield* exactKeys(config, page);
  }
}

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}
