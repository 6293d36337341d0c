import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { openStores } from '../../../lambda/adapters/open-stores';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { createTable, type DynamoStandIn, standInClient, startDynamoStandIn } from '../../../local/dynamodb-stand-in';
import { requestFor } from '../core/page-cache-world';

let dynamo: DynamoStandIn;
beforeAll(async () => (dynamo = await startDynamoStandIn()));
afterAll(() => dynamo?.close());

test('rows outlive the longest page and the copy that is kept of it, also by clocks that differ by an hour', async () => {
  const site = parseSiteConfig({ site: 'test', storage: { maxTtl: 86_400, keptFor: 604_800 } });
  const client = standInClient(dynamo.endpoint);
  await createTable(client, 'site');
  Object.assign(process.env, { AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  const nodes = ['127.0.0.1:9'];
  const stores = openStores({ site, table: 'site', dynamodbEndpoint: dynamo.endpoint, cache: { nodes } }, nodes);
  const now = Math.floor(Date.now() / 1000);
  await stores.index.addRows({ ...requestFor(site), tags: ['news'], storedUntil: now + 1 });

  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'site' }));

  expect(Items).toHaveLength(2);
  const least = Math.min(...Items.map(({ expires }) => Number(expires?.N)));
  expect(least).toBeGreaterThanOrEqual(now + 86_400 + 604_800 + 3600);
  client.destroy();
  await stores.index.close();
});
