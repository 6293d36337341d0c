import type { FillTools } from './fill-tools';
import { batches } from './batches';
import { NodeDeletions } from './node-deletions';
import type { NodeRegistry } from './page-index';
import type { PurgeTools } from './purge';

const BATCH = 500;

/**
 * Of the nodes that did not answer a purge, notes those that do not exist any more: they are no failure. Should one of them
 * ever be back with what it held, it is emptied before it is used.
 */
export async function settleGoneNodes(
  deletions: NodeDeletions,
  { pages, index, nodeExists }: PurgeTools,
): Promise<void> {
  for (const node of deletions.failed.filter((failed) => !pages.nodes.includes(failed))) {
    if (!(await nodeExists(node))) {
      await index.missNode(node);
      deletions.isGone(node);
    }
  }
}

type EmptyingTools = Pick<FillTools, 'pages' | 'index' | 'config'>;

/**
 * Empties the nodes that missed a purge and are on the ring again, of all that is this site's. A node is registered
 * before that, so that purges from then on delete on it, whatever ring their process has: a fill that is about to put a
 * page there has its rows found by the emptying, or its page by them.
 *
 * @returns those that could not be emptied: they must not be read or written.
 */
export async function emptyReturningNodes(
  { missed, misses }: NodeRegistry,
  tools: EmptyingTools,
  ring: readonly string[] = tools.pages.nodes,
): Promise<string[]> {
  const failed: string[] = [];
  for (const node of ring.filter((name) => missed.has(name))) {
    await tools.index.registerNode(node);
    // Where a node was found gone meanwhile, the next to look will empty it.
    if (!(await isEmptied(node, tools)) || !(await tools.index.admitNode(node, misses))) {
      failed.push(node);
    }
  }
  return failed;
}

async function isEmptied(node: string, { pages, index, config }: EmptyingTools): Promise<boolean> {
  const deletions = new NodeDeletions(pages, new Set([node]));
  if (config.purging.index === 'none') {
    // Without an index nobody knows what is the site's own: a node of others stays out of use.
    await (config.purging.flush ? deletions.flush() : undefined);
    return config.purging.flush && deletions.failed.length === 0;
  }
  for await (const rows of index.select({ kind: 'everything' })) {
    for (const batch of batches(rows, BATCH)) {
      await deletions.remove(batch.map(({ key }) => key));
    }
  }
  // That it answers at all, also when the site has no pages.
  const [answer] = await pages.remove([], [node]);
  return deletions.failed.length === 0 && answer?.error === undefined;
}
