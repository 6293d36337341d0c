import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rowLife } from '../core/longest-life';
import type { Environment } from '../environment';
import { tlsOf } from './cluster';
import { DynamoPageIndex } from '../stores/dynamo/page-index';
import { MemcachedPageStore } from '../stores/memcached/page-store';

/** The stores that pages are written to and purged from. */
export interface Stores {
  readonly pages: MemcachedPageStore;
  readonly index: DynamoPageIndex;
}

/** Makes the clients of a site's Memcached nodes and table. Nothing is connected before it is needed. */
export function openStores(
  { site, table, dynamodbEndpoint, cache }: Pick<Environment, 'site' | 'table' | 'dynamodbEndpoint' | 'cache'>,
  nodes: readonly string[],
): Stores {
  const client = new DynamoDBClient(dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint });
  return {
    pages: new MemcachedPageStore({ nodes, tls: tlsOf(cache), commandTimeout: site.limits.storeTimeout }),
    index: new DynamoPageIndex({
      client,
      tableName: table,
      site: site.site,
      rowLife: rowLife(site),
    }),
  };
}
