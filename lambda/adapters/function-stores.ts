import type { Environment } from '../environment';
import { readNodes } from './cluster';
import { openStores, type Stores } from './open-stores';

/**
 * The stores of a function, made at its first call. The nodes are read at every call: between calls a function is
 * frozen, with all its timers, and a purge has to reach the nodes of now.
 */
export function functionStores(
  environment: Pick<Environment, 'site' | 'table' | 'dynamodbEndpoint' | 'cache'>,
): () => Promise<Stores> {
  let stores: Stores | undefined;
  return async () => {
    const nodes = await readNodes(environment.cache);
    stores ??= openStores(environment, nodes);
    stores.pages.setNodes(nodes);
    return stores;
  };
}
