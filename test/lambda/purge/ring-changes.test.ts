import { randomUUID } from 'node:crypto';
import { usableNodes } from '../../../lambda/adapters/cluster';
import { cachePage } from '../../../lambda/core/cache-page';
import type { PageResponse } from '../../../lambda/core/page';
import { decodePage } from '../../../lambda/core/page-format';
import { purge, type PurgeTools } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { DynamoPageIndex } from '../../../lambda/stores/dynamo/page-index';
import { MemcachedPageStore } from '../../../lambda/stores/memcached/page-store';
import {
  createTable,
  type DynamoStandIn,
  PATIENT,
  standInClient,
  startDynamoStandIn,
} from '../../../local/dynamodb-stand-in';
import { type LocalMemcached, startMemcached } from '../../../local/memcached';
import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { countingView, requestFor } from '../core/page-cache-world';
import { freeze } from '../../support/freeze';

/** A site's core with real stores, as one process has them. */
interface Process extends PurgeTools {
  readonly pages: MemcachedPageStore;
}

let dynamo: DynamoStandIn;
let table: string;
let memcached: LocalMemcached[];
let processes: Process[];
beforeAll(async () => (dynamo = await startDynamoStandIn()));
afterAll(() => dynamo.close());
beforeEach(async () => {
  table = `table-${randomUUID()}`;
  const client = standInClient(dynamo.endpoint);
  await createTable(client, table);
  client.destroy();
  memcached = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  processes = [];
});
afterEach(async () => {
  await Promise.all(processes.flatMap(({ pages, index }) => [pages.close(), index.close()]));
  await Promise.all(memcached.map((node) => node.stop()));
});

const names = () => memcached.map(({ address }) => address);
const [ONE, TWO, THREE] = [0, 1, 2];
const ring = (...nodes: number[]) => nodes.map((node) => names()[node] as string);

/** A writer or function with a ring of its own: they learn of changes at different times. */
function start(nodes: readonly string[], site: Partial<SiteConfigInput> = {}): Process {
  const config = parseSiteConfig({ site: 'test', ...site });
  const started: Process = {
    pages: new MemcachedPageStore({ nodes, connectTimeout: 1000, commandTimeout: 1000, removeTimeout: 1000 }),
    index: new DynamoPageIndex({
      client: standInClient(dynamo.endpoint),
      tableName: table,
      site: 'test',
      rowLife: 86_400,
      ...PATIENT,
    }),
    config,
    now: Date.now,
    newId: randomUUID,
    nodeExists: () => Promise.resolve(false),
  };
  processes.push(started);
  return started;
}

const PATHS = Array.from({ length: 24 }, (_, i) => `/p/${i}`);
const page = (text: string): PageResponse => ({
  status: 200,
  headers: [['Cache-Tag', 'all'], ['Cache-Control', 'max-age=600']], // prettier-ignore
  body: Buffer.from(text),
});
const fillAll = (process: Process, text: string) => {
  const view = countingView(page(text));
  const fill = cachePage(view, process);
  return Promise.all(PATHS.map((path) => fill(requestFor(process.config, path, ''))));
};
/** What somebody with this ring reads. */
const read = async ({ pages, config }: Process) => {
  const texts = await Promise.all(
    PATHS.map(async (path) => {
      const value = await pages.get(requestFor(config, path, '').key);
      return value && decodePage(value)?.body.toString();
    }),
  );
  return new Set(texts.filter((text) => text !== undefined));
};
const run = (process: Process, request: object) => purge(parsePurgeRequest(process.config, request), process);

test.each([{ tags: ['all'] }, { everything: true }, { prefixes: ['https://example.com/p'] }])(
  'what lies on nodes that the purger’s ring does not have is purged: %j',
  async (selection) => {
    await fillAll(start(ring(ONE, TWO)), 'old');
    const receipt = await run(start(ring(TWO, THREE)), selection);
    expect(receipt).toMatchObject({ purged: true, pages: { found: 24, removed: 24 } });
    expect(receipt.nodes.map(({ node }) => node)).toEqual([...names()].sort());
    for (const nodes of [ring(ONE, TWO), ring(ONE), ring(TWO, THREE)]) {
      expect(await read(start(nodes))).toEqual(new Set());
    }
  },
);

test('a refresh publishes on the new ring, and leaves nothing on the old one', async () => {
  await fillAll(start(ring(ONE, TWO)), 'old');
  const now = start(ring(TWO, THREE));
  await fillAll(now, 'old');
  const view = countingView(page('new'));
  await run({ ...now, view }, { everything: true, mode: 'refresh' });
  expect(await read(now)).toEqual(new Set(['new']));
  expect([...(await read(start(ring(ONE, TWO))))]).not.toContain('old');
});

test('while a node is frozen no purge is acknowledged; when it is back, what it held is purged', async () => {
  const site = start(ring(ONE, TWO, THREE));
  await fillAll(site, 'old');
  freeze(memcached[ONE]?.pid as number);
  await expect(run(site, { everything: true })).rejects.toThrow(names()[ONE]);
  process.kill(memcached[ONE]?.pid as number, 'SIGCONT');
  expect([...(await read(site))]).toEqual(['old']);
  expect(await run(site, { everything: true })).toMatchObject({ purged: true });
  expect(await read(site)).toEqual(new Set());
});

test('a node that was removed, missed a purge and is added again as it was is emptied before it is used', async () => {
  await fillAll(start(ring(ONE, TWO, THREE)), 'old');
  freeze(memcached[ONE]?.pid as number);
  const smaller = start(ring(TWO, THREE));
  const receipt = await run(smaller, { everything: true });
  expect(receipt.nodes).toContainEqual({ node: names()[ONE], gone: true });
  process.kill(memcached[ONE]?.pid as number, 'SIGCONT');

  const again = start(ring(ONE, TWO, THREE));
  expect([...(await read(again))]).toEqual(['old']);
  // Until then no writer puts a page on it.
  const outcomes = (await fillAll(again, 'new')).map((answer) => answer.kind === 'page' && answer.outcome);
  expect(new Set(outcomes)).toEqual(new Set(['stored', 'store-unreachable']));
  expect(await usableNodes(ring(ONE, TWO, THREE), again)).toEqual(ring(ONE, TWO, THREE));
  expect([...(await read(again))]).toEqual(['new']);
});

test('pages of two key specs are purged by either: a deployment and its rollback bring nothing back', async () => {
  const before = start(ring(ONE, TWO), { key: { version: 1 } });
  const after = start(ring(ONE, TWO), { key: { version: 2 } });
  for (const selection of [{ tags: ['all'] }, { urls: PATHS.map((path) => `https://example.com${path}`) }]) {
    await fillAll(before, 'old');
    await fillAll(after, 'old');
    expect(await run(after, selection)).toMatchObject({ pages: { removed: 48 } });
    expect([await read(before), await read(after)]).toEqual([new Set(), new Set()]);
  }
});

test('a refresh renders the pages of its own key spec, and removes those of the other', async () => {
  const before = start(ring(ONE, TWO), { key: { version: 1 } });
  const after = start(ring(ONE, TWO), { key: { version: 2 } });
  await fillAll(before, 'old');
  await fillAll(after, 'old');
  const view = countingView(page('new'));
  expect(await run({ ...after, view }, { tags: ['all'], mode: 'refresh' })).toMatchObject({
    pages: { refreshed: 24, removed: 24 },
  });
  expect([await read(before), await read(after)]).toEqual([new Set(), new Set(['new'])]);
});

test('without an index an exact URL is purged by the key of every release that stored it', async () => {
  const site = { purging: { index: 'none' as const } };
  const variants = [{ name: 'lang', source: 'cookie' as const, field: 'lang', values: ['en', 'de'] }];
  const before = start(ring(ONE, TWO), { ...site, key: { query: { policy: 'all' } } });
  const after = start(ring(ONE, TWO), { ...site, key: { version: 2, variants, query: { policy: 'none' } } });
  await fillAll(before, 'old');
  const tracked = requestFor(before.config, '/p/0', 'utm_source=x');
  await cachePage(countingView(page('old')), before)(tracked);
  const exactUrls = [...PATHS.map((path) => `https://example.com${path}`), 'https://example.com/p/0?utm_source=x'];
  expect(await run(after, { exactUrls })).toMatchObject({ pages: { removed: 25 } });
  expect([await read(before), await before.pages.get(tracked.key)]).toEqual([new Set(), undefined]);
});

test('a site that gives up its index, or gets one, has other keys: what it stored before is never asked for', () => {
  const specs = [{}, { purging: { index: 'none' as const } }].map((site) => start(ring(ONE), site).config);
  expect(new Set(specs.map((config) => requestFor(config, '/').key)).size).toBe(2);
});
