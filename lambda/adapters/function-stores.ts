import type { Environment } from '../environment';
import { readNodes } from './cluster';
import { openStores, type Stores } from './open-stores';

export interface FunctionStoresOptions {
  /**
   * How many milliseconds the nodes are taken for those of now, and longer while they cannot be read.
   * @default - not at all
   */
  readonly nodesFor?: number;
}

/**
 * The stores of a function, made at its first call. The nodes are read at every call: between calls a function is
 * frozen, with all its timers, and a purge has to reach the nodes of now.
 */
export function functionStores(
  environment: Pick<Environment, 'site' | 'table' | 'dynamodbEndpoint' | 'cache'>,
  { nodesFor }: FunctionStoresOptions = {},
): () => Promise<Stores> {
  let stores: Stores | undefined;
  let readAt = -Infinity;
  return async () => {
    if (stores !== undefined && nodesFor !== undefined && Date.now() - readAt < nodesFor) {
      return stores;
    }
    readAt = Date.now();
    const nodes = await readNodes(environment.cache).catch((error: unknown) => {
      if (stores === undefined || nodesFor === undefined) throw error;
      return stores.pages.nodes;
    });
    stores ??= openStores(environment, nodes);
    stores.pages.setNodes(nodes);
    return stores;
  };
}
