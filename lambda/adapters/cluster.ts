import { existsSync, readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';
import type { FillTools } from '../core/fill-tools';
import { emptyReturningNodes } from '../core/returning-nodes';
import type { Tls } from '../stores/memcached/connection';
import { discoverNodes } from '../stores/memcached/cluster-nodes';
import type { CacheAddress } from '../cache-address';

/**
 * The nodes that a cluster has now, sorted.
 *
 * @throws StoreError when its configuration endpoint does not answer.
 */
export async function readNodes(cache: CacheAddress): Promise<readonly string[]> {
  return 'nodes' in cache ? cache.nodes : discoverNodes(cache.endpoint, tlsOf(cache));
}

/** How the nodes are known where they speak TLS. Where the file is not there, by the certificates that Node has. */
export function tlsOf({ tls }: CacheAddress): Tls | undefined {
  if (tls === undefined) {
    return undefined;
  }
  return existsSync(tls) ? { ca: readFileSync(tls) } : {};
}

/**
 * Those of a cluster's nodes that may be read and written: one that was gone while pages were purged is emptied first, and
 * left out while that does not succeed.
 *
 * @throws IndexError when the index does not answer.
 */
export async function usableNodes(
  nodes: readonly string[],
  tools: Pick<FillTools, 'pages' | 'index' | 'config'>,
): Promise<readonly string[]> {
  const unusable = await emptyReturningNodes(await tools.index.nodes(), tools, nodes);
  return nodes.filter((node) => !unusable.includes(node));
}

/** What `followNodes` calls. */
export interface NodesFollower {
  changed(nodes: readonly string[]): void;
  /** The last good list stays in use. */
  failed(error: unknown): void;
}

/**
 * Reads a cluster's nodes again and again, and tells of changes.
 *
 * @param every milliseconds.
 * @returns a function that ends it. It keeps no process alive.
 */
export function followNodes(
  readNodesNow: () => Promise<readonly string[]>,
  known: readonly string[],
  follower: NodesFollower,
  every: number,
): () => void {
  let last = known.join();
  const read = async () => {
    const nodes = await readNodesNow();
    if (nodes.join() !== last) {
      last = nodes.join();
      follower.changed(nodes);
    }
  };
  const timer = setInterval(() => void read().catch((error: unknown) => follower.failed(error)), every).unref();
  return () => clearInterval(timer);
}
