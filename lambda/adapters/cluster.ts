import { setInterval } from 'node:timers';
import { discoverNodes } from '../stores/memcached/cluster-nodes';
import type { CacheAddress } from '../environment';

/** How often a configuration endpoint is asked again, in milliseconds. */
export const NODES_READ_EVERY = 30_000;

/**
 * The nodes that a cluster has now, sorted.
 *
 * @throws StoreError when its configuration endpoint does not answer.
 */
export async function readNodes(cache: CacheAddress): Promise<readonly string[]> {
  return 'nodes' in cache ? cache.nodes : discoverNodes(cache.endpoint);
}

/** What `followNodes` calls. */
export interface NodesFollower {
  changed(nodes: readonly string[]): void;
  /** The last good list stays in use. */
  failed(error: unknown): void;
}

/**
 * Reads a cluster's nodes again and again, and tells of changes. A fixed list is never read again.
 *
 * @returns a function that ends it. It keeps no process alive.
 */
export function followNodes(
  cache: CacheAddress,
  known: readonly string[],
  follower: NodesFollower,
  every = NODES_READ_EVERY,
): () => void {
  if ('nodes' in cache) {
    return () => undefined;
  }
  let last = known.join();
  const read = async () => {
    const nodes = await readNodes(cache);
    if (nodes.join() !== last) {
      last = nodes.join();
      follower.changed(nodes);
    }
  };
  const timer = setInterval(() => void read().catch((error: unknown) => follower.failed(error)), every).unref();
  return () => clearInterval(timer);
}
