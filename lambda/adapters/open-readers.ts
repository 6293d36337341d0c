import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Environment } from '../environment';
import { DynamoIndexReader } from '../stores/dynamo/index-reader';
import { MemcachedReader } from '../stores/memcached/store-reader';
import { readNodes, tlsOf } from './cluster';

/** What looks into a site's stores. */
export interface Readers {
  readonly store: MemcachedReader;
  readonly index: DynamoIndexReader;
}

/**
 * The stores of a function that only looks, made at its first call. The nodes are read at every call; while they cannot be,
 * those of before are taken.
 */
export function openReaders({
  site,
  table,
  dynamodbEndpoint,
  cache,
}: Pick<Environment, 'site' | 'table' | 'dynamodbEndpoint' | 'cache'>): () => Promise<Readers> {
  const client = new DynamoDBClient(dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint });
  const index = new DynamoIndexReader({ client, tableName: table, site: site.site });
  let store: MemcachedReader | undefined;
  return async () => {
    const nodes = await readNodes(cache).catch((error: unknown) => {
      if (store === undefined) throw error;
      return store.nodes;
    });
    store ??= new MemcachedReader({ nodes, tls: tlsOf(cache) });
    store.setNodes(nodes);
    return { store, index };
  };
}
