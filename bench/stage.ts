import { createTable, PATIENT, standInClient, startDynamoStandIn } from '../local/dynamodb-stand-in';
import { startMemcached } from '../local/memcached';
import { parseSiteConfig } from '../lib/site/site-config';
import { DynamoPageIndex } from '../lambda/stores/dynamo/page-index';
import { MemcachedPageStore } from '../lambda/stores/memcached/page-store';
import type { FillTools } from '../lambda/core/fill-tools';
import type { Cleanup } from './cleanup';
import { UnitCounter } from './counting-client';

export const SITE = 'bench';
const TABLE = 'bench';

/** What the sections on scale and units measure: two real memcached, DynamoDB's stand-in, and the stores on them. */
export interface Stage extends FillTools {
  readonly nodes: readonly string[];
  readonly tableName: string;
  readonly dynamodbEndpoint: string;
  /** Counts the units of an index of its own, on the same table. */
  readonly counted: { readonly index: FillTools['index']; readonly units: UnitCounter };
}

export async function startStage(cleanup: Cleanup): Promise<Stage> {
  const memcached = [
    await cleanup.started(startMemcached(), (node) => node.stop()),
    await cleanup.started(startMemcached(), (node) => node.stop()),
  ];
  const dynamo = await cleanup.started(startDynamoStandIn(), (server) => server.close());
  const client = standInClient(dynamo.endpoint);
  await createTable(client, TABLE);
  const config = parseSiteConfig({ site: SITE });
  const nodes = memcached.map(({ address }) => address);
  const index = (of: typeof client) =>
    new DynamoPageIndex({ client: of, tableName: TABLE, site: SITE, rowLife: config.storage.maxTtl, ...PATIENT });
  const countedClient = standInClient(dynamo.endpoint);
  const units = new UnitCounter(countedClient, client);
  const stage: Stage = {
    config,
    nodes,
    tableName: TABLE,
    dynamodbEndpoint: dynamo.endpoint,
    now: Date.now,
    pages: new MemcachedPageStore({ nodes, connectTimeout: 10_000, commandTimeout: 60_000, removeTimeout: 60_000 }),
    index: index(client),
    counted: { index: index(countedClient), units },
  };
  await cleanup.started(Promise.resolve(stage), async ({ pages, index, counted }) => {
    await Promise.all([pages.close(), index.close(), counted.index.close()]);
  });
  // As on a site that has been running: each node is registered once, by the first page that is put on it.
  for (const node of nodes) await stage.index.registerNode(node);
  return stage;
}
