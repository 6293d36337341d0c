import { randomUUID } from 'node:crypto';
import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoPageIndex } from '../../../../lambda/stores/dynamo/page-index';
import {
  createTable,
  type DynamoStandIn,
  standInClient,
  startDynamoStandIn,
} from '../../../../local/dynamodb-stand-in';
import { listenTcp } from '../../../support/listening-servers';
import { pageIndexTests } from '../page-index-suite';

let dynamo: DynamoStandIn;
let tableName: string;
beforeAll(async () => (dynamo = await startDynamoStandIn()));
afterAll(() => dynamo.close());

const DAY = 86_400;
const page = { host: 'www.example.com', path: '/a', query: '', key: 'demo:1.0:0' };

async function make(): Promise<DynamoPageIndex> {
  tableName = `table-${randomUUID()}`;
  const client = standInClient(dynamo.endpoint);
  await createTable(client, tableName);
  return new DynamoPageIndex({ client, tableName, site: 'demo', rowLife: DAY, now: () => 1_000_000 });
}

pageIndexTests('DynamoDB', make);

test('two sites share a table and never see each other', async () => {
  const one = await make();
  const other = new DynamoPageIndex({ client: standInClient(dynamo.endpoint), tableName, site: 'demo2', rowLife: DAY });
  const start = await other.startFill(page);
  await one.addRows(page);
  await one.record({ id: '1', selectors: [{ kind: 'everything' }], caller: 'x', at: 0 });
  await one.registerNode('one:11211');
  expect(await other.purgedSince(start, page)).toBe(false);
  expect((await other.nodes()).size).toBe(0);
  for await (const rows of other.select({ kind: 'everything' })) expect(rows).toEqual([]);
  await Promise.all([one.close(), other.close()]);
});

test('page rows live as long as they are told, journal entries for 30 days, numbers for ever', async () => {
  const index = await make();
  await index.addRows(page);
  await index.record({ id: '1', selectors: [{ kind: 'everything' }], caller: 'x', at: 0 });
  const client = standInClient(dynamo.endpoint);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  const lives = Object.fromEntries(
    Items.map((row) => [`${row.pk?.S?.split('#')[0]} ${row.sk?.S?.split(' ')[0]}`, row.expires?.N]),
  );
  expect(lives).toEqual({
    'page www.example.com/a': String(1000 + DAY),
    'journal 000000000001': String(1000 + 30 * DAY),
    'journal sequence': undefined,
  });
  client.destroy();
  await index.close();
});

test('a number whose entry is not there yet counts as a purge', async () => {
  const index = await make();
  const start = await index.startFill(page);
  const client = standInClient(dynamo.endpoint);
  const Key = { pk: { S: 'journal#demo' }, sk: { S: 'sequence' } };
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key,
      UpdateExpression: 'ADD #last :one',
      ExpressionAttributeNames: { '#last': 'last' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  );
  expect(await index.purgedSince(start, page)).toBe(true);
  client.destroy();
  await index.close();
});

test('fails for a page whose row could not be written', async () => {
  const index = await make();
  await expect(index.addRows({ ...page, path: `/${'x'.repeat(1100)}` })).rejects.toThrow('must be 1024 bytes together');
  await index.close();
});

test('a table that accepts and never answers fails every call within its deadline', async () => {
  const silent = await listenTcp(() => undefined);
  const client = new DynamoDBClient({
    endpoint: `http://${silent.address}`,
    region: 'local',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const index = new DynamoPageIndex({
    client,
    tableName: 'table',
    site: 'demo',
    rowLife: DAY,
    fillTimeout: 100,
    purgeTimeout: 100,
  });
  const calls = [
    index.startFill(page),
    index.addRows(page),
    index.registerNode('a:1'),
    index.nodes(),
    index.record({ id: '1', selectors: [{ kind: 'everything' }], caller: 'x', at: 0 }),
  ];
  for (const result of await Promise.allSettled(calls))
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'IndexError' } });
  await index.close();
  await silent.close();
});
