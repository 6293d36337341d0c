import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Selector } from '../../../../lambda/core/selector';
import { DynamoPageIndex } from '../../../../lambda/stores/dynamo/page-index';
import {
  createTable,
  type DynamoStandIn,
  PATIENT,
  standInClient,
  startDynamoStandIn,
} from '../../../../local/dynamodb-stand-in';
import { listenTcp } from '../../../support/listening-servers';
import { journalEntry, pageIndexTests, pageRow } from '../page-index-suite';

let dynamo: DynamoStandIn;
let tableName: string;
beforeAll(async () => (dynamo = await startDynamoStandIn()));
afterAll(() => dynamo.close());

const DAY = 86_400;
const page = pageRow('/a', { tags: ['t'] });
const everything = journalEntry({ kind: 'everything' });

async function make(): Promise<DynamoPageIndex> {
  tableName = `table-${randomUUID()}`;
  const client = standInClient(dynamo.endpoint);
  await createTable(client, tableName);
  return new DynamoPageIndex({ client, tableName, site: 'demo', rowLife: DAY, now: () => 1_000_000, ...PATIENT });
}

pageIndexTests('DynamoDB', make);

test('two sites share a table and never see each other', async () => {
  const one = await make();
  const other = new DynamoPageIndex({
    client: standInClient(dynamo.endpoint),
    tableName,
    site: 'demo2',
    rowLife: DAY,
    ...PATIENT,
  });
  const start = await other.startFill(page);
  await one.addRows(page);
  await one.record(everything);
  await one.registerNode('one:11211');
  expect(await other.purgedSince(start, page)).toBe(false);
  expect((await other.nodes()).nodes.size).toBe(0);
  for await (const rows of other.select({ kind: 'everything' })) expect(rows).toEqual([]);
  await Promise.all([one.close(), other.close()]);
});

test('page rows live as long as they are told, journal and audit for 30 days, numbers twice as long', async () => {
  const index = await make();
  await index.addRows(page);
  await index.record(everything);
  const client = standInClient(dynamo.endpoint);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  const lives = Object.fromEntries(
    Items.map((row) => [`${row.pk?.S?.split('#')[0]} ${row.sk?.S?.split(' ')[0]}`, row.expires?.N]),
  );
  expect(lives).toEqual({
    'page www.example.com/a': String(1000 + DAY),
    [`tag ${page.key}`]: String(1000 + DAY),
    'journal 0000000001000001': String(1000 + 30 * DAY),
    'journal sequence': String(1000 + 60 * DAY),
    'audit 2026-03-01T12:00:00.000Z': String(1000 + 30 * DAY),
  });
  client.destroy();
  await index.close();
});

test.each([1, 2, 20_000])('a number whose entry is not there yet counts as a purge (%i of them)', async (count) => {
  const index = await make();
  await index.record(everything);
  const start = await index.startFill(page);
  await takeNumbers(count);
  expect(await index.purgedSince(start, page)).toBe(true);
  await index.close();
});

test('a number without its entry counts also when one that follows it has its own, which does not select the page', async () => {
  const index = await make();
  await index.record(everything);
  const start = await index.startFill(page);
  await takeNumbers(1);
  await index.record(journalEntry({ kind: 'tag', tag: 'other' }));
  expect(await index.purgedSince(start, page)).toBe(true);
  await index.close();
});

test('a first purge after a long time counts, whatever it selects: its number is unknown', async () => {
  const index = await make();
  const start = await index.startFill(page);
  await index.record(journalEntry({ kind: 'tag', tag: 'other' }));
  expect(await index.purgedSince(start, page)).toBe(true);
  await index.close();
});

test('numbers never come again, even when the row of the last one has expired', async () => {
  const index = await make();
  await index.record(everything);
  const start = await index.startFill(page);
  const client = standInClient(dynamo.endpoint);
  await client.send(new DeleteItemCommand({ TableName: tableName, Key: SEQUENCE }));
  const later = new DynamoPageIndex({
    client,
    tableName,
    site: 'demo',
    rowLife: DAY,
    now: () => 5_000_000,
    ...PATIENT,
  });
  expect(await later.purgedSince(start, page)).toBe(false);
  await later.record(everything);
  expect(await later.purgedSince(start, page)).toBe(true);
  await Promise.all([index.close(), later.close()]);
});

const SEQUENCE = { pk: { S: 'journal#demo' }, sk: { S: 'sequence' } };
/** What a purge does before it puts its entry. */
async function takeNumbers(count: number): Promise<void> {
  const client = standInClient(dynamo.endpoint);
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: SEQUENCE,
      UpdateExpression: 'ADD #last :count',
      ExpressionAttributeNames: { '#last': 'last' },
      ExpressionAttributeValues: { ':count': { N: String(count) } },
    }),
  );
  client.destroy();
}

test('fails for a page whose row could not be written', async () => {
  const index = await make();
  await expect(index.addRows({ ...page, path: `/${'x'.repeat(1100)}` })).rejects.toThrow('must be 1024 bytes together');
  await index.close();
});

test.each<Selector>([
  { kind: 'url', host: 'www.example.com', path: `/${'x'.repeat(3000)}` },
  { kind: 'exact', host: 'www.example.com', path: `/${'x'.repeat(3000)}`, query: '' },
  { kind: 'prefix', host: 'www.example.com', path: `/${'x'.repeat(3000)}` },
])('an address that is too long to be indexed selects nothing, and DynamoDB is not asked: $kind', async (selector) => {
  // It refuses a condition with a longer key than it takes, which the stand-in does not.
  const send = jest.fn(() => Promise.resolve({}));
  const client = { send, destroy: () => undefined } as unknown as DynamoDBClient;
  const index = new DynamoPageIndex({ client, tableName: 'site', site: 'demo', rowLife: DAY });
  for await (const rows of index.select(selector)) expect(rows).toEqual([]);
  expect(send).not.toHaveBeenCalled();
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
    index.record(everything),
  ];
  for (const result of await Promise.allSettled(calls))
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'IndexError' } });
  await index.close();
  await silent.close();
});
