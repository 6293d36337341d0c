import { keptKey } from '../../../lib/site/kept-key';
import { usableNodes } from '../../../lambda/adapters/cluster';
import { cachePage } from '../../../lambda/core/cache-page';
import { purge, type PurgeTools } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { countingView, makeWorld, requestFor, textPage, type World } from './page-cache-world';

const NODES = ['one:11211', 'two:11211', 'three:11211'];
const storage = { keptFor: 3600, staleIfError: 3600 };
let world: World;
beforeEach(() => (world = makeWorld({ storage }, NODES)));

const pages = () => Array.from({ length: 12 }, (_, i) => requestFor(world.config, `/p/${i}`, ''));
const store = () => Promise.all(pages().map((each) => cachePage(countingView(), world)(each)));
const run = (input: object, tools: Partial<PurgeTools> = {}) =>
  purge(parsePurgeRequest(world.config, input), { ...world, ...tools });
/** How many pages, and how many copies, are there. */
const left = async (requests = pages()) => {
  const values = (keys: readonly string[]) => Promise.all(keys.map((key) => world.pages.get(key)));
  const copies = requests.map(({ key }) => keptKey(key) as string);
  const found = [await values(requests.map(({ key }) => key)), await values(copies)];
  return found.map((some) => some.filter((value) => value !== undefined).length);
};

test.each([
  { everything: true },
  { prefixes: ['https://example.com/p'] },
  { hosts: ['example.com'] },
  { everything: true, mode: 'refresh' },
])('copies go with their pages, which count once: %j', async (input) => {
  await store();
  expect(await left()).toEqual([12, 12]);
  const view = () => Promise.reject(new Error('no origin'));
  expect(await run(input, { view })).toMatchObject({ pages: { found: 12, removed: 12, refreshed: 0 } });
  expect(await left()).toEqual([0, 0]);
});

test('each copy goes before its page, and before its page is rendered again', async () => {
  await store();
  const steps: string[] = [];
  const remove = world.pages.remove.bind(world.pages);
  world.pages.remove = (keys, nodes) => {
    steps.push(...keys.map((key) => `removed ${key}`));
    return remove(keys, nodes);
  };
  const view = ({ key }: { key: string }) => {
    steps.push(`rendered ${key}`);
    return Promise.resolve(textPage('new'));
  };
  await run({ everything: true, mode: 'refresh' }, { view });
  await run({ everything: true });
  for (const { key } of pages()) {
    const [page, copy] = [`removed ${key}`, `removed ${keptKey(key)}`];
    expect(steps.filter((step) => step.includes(key))).toEqual([copy, `rendered ${key}`, page, copy, page]);
  }
});

test('copies of pages whose lifetime is over go too, and do not count', async () => {
  await store();
  world.clock.ms += 60_000;
  expect(await left()).toEqual([0, 12]);
  expect(await run({ everything: true })).toMatchObject({ pages: { found: 0, removed: 0 } });
  expect(await left()).toEqual([0, 0]);
});

test('copies on nodes that have left the ring go too', async () => {
  await store();
  world.pages.setNodes(['four:11211']);
  await run({ everything: true });
  world.pages.setNodes(NODES);
  expect(await left()).toEqual([0, 0]);
});

test('a node that does not answer for the copies fails the purge', async () => {
  await store();
  const remove = world.pages.remove.bind(world.pages);
  world.pages.remove = async (keys, nodes) => {
    const results = await remove(keys, nodes);
    return keys.some((key) => key.endsWith(':kept'))
      ? results.map((result) => (result.node === 'two:11211' ? { node: result.node, error: 'slow' } : result))
      : results;
  };
  await expect(run({ everything: true })).rejects.toThrow('two:11211 (slow)');
});

test('a refreshed page has a new copy; what cannot be stored has none', async () => {
  await store();
  const view = ({ path }: { path: string }) =>
    Promise.resolve(textPage('new', path === '/p/1' ? [['Cache-Control', 'private']] : []));
  expect(await run({ everything: true, mode: 'refresh' }, { view })).toMatchObject({
    pages: { refreshed: 11, removed: 1 },
  });
  expect(await left()).toEqual([11, 11]);
});

test('a node that comes back is emptied of copies, too', async () => {
  await store();
  const onTwo = pages().filter(({ key }) => world.pages.nodeOf(key) === 'two:11211');
  world.pages.setReachable('two:11211', false);
  world.pages.setNodes(['one:11211', 'three:11211']);
  await run({ everything: true }, { nodeExists: () => Promise.resolve(false) });
  world.pages.setReachable('two:11211', true);
  world.pages.setNodes(await usableNodes(NODES, world));
  expect([onTwo.length > 0, await left(onTwo)]).toEqual([true, [0, 0]]);
});

describe('without an index', () => {
  beforeEach(() => (world = makeWorld({ storage, purging: { index: 'none', flush: true } }, NODES)));

  test('the copy of an exact URL goes with it, also by the keys of another release', async () => {
    await store();
    const later = makeWorld({ key: { version: 2 }, purging: { index: 'none', flush: true } });
    await purge(parsePurgeRequest(later.config, { exactUrls: ['https://example.com/p/1'] }), {
      ...world,
      config: later.config,
    });
    expect([await left(), await left(pages().slice(1, 2))]).toEqual([
      [11, 11],
      [0, 0],
    ]);
  });

  test('everything empties the nodes of copies, too', async () => {
    await store();
    await run({ everything: true });
    expect(await left()).toEqual([0, 0]);
  });
});
