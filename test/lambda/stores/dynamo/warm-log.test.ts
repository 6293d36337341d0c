import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { WarmTally } from '../../../../lambda/core/warm-result';
import { DynamoWarmLog } from '../../../../lambda/stores/dynamo/warm-log';
import {
  createTable,
  type DynamoStandIn,
  standInClient,
  startDynamoStandIn,
} from '../../../../local/dynamodb-stand-in';

let standIn: DynamoStandIn;
let client: DynamoDBClient;
beforeAll(async () => {
  standIn = await startDynamoStandIn();
  client = standInClient(standIn.endpoint);
  await createTable(client, 'site');
});
afterAll(async () => {
  client.destroy();
  await standIn.close();
});

const log = (site = 'test') => new DynamoWarmLog({ client, tableName: 'site', site });
const stored = (...urls: string[]) => {
  const tally = new WarmTally();
  urls.forEach((url) => tally.add('stored', { url }));
  return tally.result;
};

test('a warm is done when all of its parts are, and its results are those of its parts', async () => {
  const [warm, at] = ['w-1', 1_700_000_000_123];
  await log().begin({ warm, at, caller: 'ann' });
  await log().plan(warm, ['0', '1']);
  expect(await log().read(warm)).toMatchObject({
    ...{ warm, at, caller: 'ann', state: 'running', parts: { planned: 2, done: 0 } },
  });
  await log().finish(warm, '0', stored('/a', '/b'));
  await log().plan(warm, ['0.0']);
  await log().finish(warm, '1', stored('/c'));
  expect((await log().read(warm))?.state).toBe('running');
  await log().finish(warm, '0.0', stored('/d'));
  expect(await log().read(warm)).toMatchObject({
    ...{ state: 'done', parts: { planned: 3, done: 3 } },
    pages: { stored: { count: 4, first: expect.arrayContaining([{ url: '/d' }]) as object } },
  });
});

test('of a part that is done twice, the first result counts; planning it again changes nothing', async () => {
  const warm = 'w-2';
  await log().begin({ warm, at: 1, caller: 'ann' });
  await log().plan(warm, ['0']);
  expect(await log().isDone(warm, '0')).toBe(false);
  await log().finish(warm, '0', stored('/a', '/b'));
  await log().finish(warm, '0', stored('/a'));
  await log().plan(warm, ['0']);
  expect(await log().isDone(warm, '0')).toBe(true);
  expect(await log().read(warm)).toMatchObject({ state: 'done', pages: { stored: { count: 2 } } });
});

test('a warm of thousands of parts is read whole', async () => {
  const warm = 'w-3';
  const parts = Array.from({ length: 1500 }, (_, i) => String(i));
  await log().begin({ warm, at: 1, caller: 'ann' });
  await log().plan(warm, parts);
  expect(await log().read(warm)).toMatchObject({ state: 'running', parts: { planned: 1500, done: 0 } });
});

test('warms of other sites and unknown ones are not there', async () => {
  await log('other').begin({ warm: 'w-4', at: 1, caller: 'ann' });
  expect([await log().read('w-4'), await log().read('nobody')]).toEqual([undefined, undefined]);
});
