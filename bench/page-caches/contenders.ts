import type { Cleanup } from '../cleanup';
import type { Contender } from './contender';
import { startProxyCache, startReturn, startSeedStyle, startSrcache, startStatic } from './nginx-contenders';
import { startOurs } from './ours';
import { startVarnish } from './varnish';

/** What the others are compared with. */
export const LIMIT = 'static gzip';
export const OURS = 'ours';
export const RIVALS = ['proxy_cache', 'Varnish'];

/** Starts everybody, in the order of the table. */
export async function startContenders(cleanup: Cleanup, origin: string): Promise<Contender[]> {
  return [
    await startOurs(cleanup, origin),
    // The per-node cache goes here: startOurs(cleanup, origin, 'ours, per node', { … }).
    await startSeedStyle(cleanup),
    await startSrcache(cleanup, origin),
    await startProxyCache(cleanup, origin),
    await startVarnish(cleanup, origin),
    await startStatic(cleanup),
    await startReturn(cleanup),
  ];
}
