import type { Cleanup } from '../cleanup';
import type { Contender } from './contender';
import { startProxyCache, startReturn, startSeedStyle, startSrcache, startStatic } from './nginx-contenders';
import { startOurs } from './ours';
import { asOthers, asServers } from './processors';
import { startVarnish } from './varnish';

/** What the others are compared with. */
export const LIMIT = 'static gzip';
export const OURS = 'ours';
export const OURS_PER_NODE = 'ours, per node';
export const RIVALS = ['proxy_cache', 'Varnish'];

/** Starts everybody, in the order of the table. */
export async function startContenders(cleanup: Cleanup, origin: string): Promise<Contender[]> {
  const contenders = [
    await startOurs(cleanup, origin),
    await startOurs(cleanup, origin, OURS_PER_NODE, { perNodeCache: { size: 1024 ** 3 } }),
    await startSeedStyle(cleanup),
    await startSrcache(cleanup, origin),
    await startProxyCache(cleanup, origin),
    await startVarnish(cleanup, origin),
    await startStatic(cleanup),
    await startReturn(cleanup),
  ];
  for (const { servers, stores } of contenders) {
    await asServers(servers);
    await asOthers(stores);
  }
  return contenders;
}
