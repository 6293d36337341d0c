import { randomUUID } from 'node:crypto';
import type { Selector } from '../../../../lambda/core/selector';
import { DynamoIndexReader } from '../../../../lambda/stores/dynamo/index-reader';
import { DynamoPageIndex } from '../../../../lambda/stores/dynamo/page-index';
import {
  createTable,
  type DynamoStandIn,
  PATIENT,
  standInClient,
  startDynamoStandIn,
} from '../../../../local/dynamodb-stand-in';
import { pageRow } from '../page-index-suite';

const HOST = 'www.example.com';
const PATHS = ['/', '/items', '/items-old', '/items.html', ...Array.from({ length: 40 }, (_, i) => `/items/${i}`)];

let dynamo: DynamoStandIn;
let writer: DynamoPageIndex;
let reader: DynamoIndexReader;
beforeAll(async () => {
  dynamo = await startDynamoStandIn();
  const client = standInClient(dynamo.endpoint);
  const tableName = `table-${randomUUID()}`;
  await createTable(client, tableName);
  writer = new DynamoPageIndex({ client, tableName, site: 'shop', rowLife: 86_400, ...PATIENT });
  reader = new DynamoIndexReader({ client, tableName, site: 'shop', timeout: 60_000 });
  await Promise.all([
    ...PATHS.map((path) => writer.addRows(pageRow(path, { tags: ['all'] }))),
    writer.addRows(pageRow('/items', { host: 'example.com' })),
  ]);
});
afterAll(async () => {
  await writer.close();
  await dynamo.close();
});

async function list(selector: Selector, after = '', most = Infinity, batch = 3) {
  const listed: { place: string; path: string }[] = [];
  for await (const { place, row } of reader.list(selector, after, batch)) {
    listed.push({ place, path: row.path });
    if (listed.length >= most) break;
  }
  return listed;
}

const below = PATHS.filter((path) => path === '/items' || path.startsWith('/items/')).sort();

test('pages of all partitions are listed in one order', async () => {
  expect((await list({ kind: 'host', host: HOST })).map(({ path }) => path)).toEqual(
    // As `path key`: a space comes before every character of a path.
    PATHS.map((path) => `${path} `)
      .sort()
      .map((text) => text.trim()),
  );
  expect(await list({ kind: 'everything' })).toHaveLength(PATHS.length + 1);
});

test.each([
  ['a prefix', { kind: 'prefix', host: HOST, path: '/items' }, below],
  ['a tag', { kind: 'tag', tag: 'all' }, PATHS],
  ['everything', { kind: 'everything' }, ['/items', ...PATHS]],
] satisfies [string, Selector, string[]][])(
  '%s is listed whole, a part at a time, wherever a part ends',
  async (_, selector, paths) => {
    for (const most of [20, paths.length]) {
      const found: string[] = [];
      for (
        let after = '', part = await list(selector, after, most);
        part.length > 0;
        part = await list(selector, after, most)
      ) {
        found.push(...part.map(({ path }) => path));
        after = part.at(-1)?.place ?? '';
      }
      expect(found.sort()).toEqual([...paths].sort());
    }
  },
);

test('behind the last page, and for what is not there, nothing is listed', async () => {
  const prefix: Selector = { kind: 'prefix', host: HOST, path: '/items' };
  expect(await list(prefix, 'zzz')).toEqual([]);
  expect(await list({ kind: 'host', host: 'nowhere.example' })).toEqual([]);
  // A place before all of them.
  expect(await list(prefix, 'a')).toHaveLength(below.length);
});

test('the size of the table is what DynamoDB says', async () => {
  expect(await reader.size()).toEqual({ rows: expect.any(Number) as number, bytes: expect.any(Number) as number });
});
