import { cachePage } from '../../../lambda/core/cache-page';
import { purge, type PurgeTools } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { usableNodes } from '../../../lambda/adapters/cluster';
import { IndexError, type PurgeRecord } from '../../../lambda/core/page-index';
import { previewPurge } from '../../../lambda/core/preview';
import { PurgeIncompleteError } from '../../../lambda/core/receipt';
import { allRows, countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

const NODES = ['one:11211', 'two:11211', 'three:11211'];
let world: World;
beforeEach(() => {
  world = makeWorld({}, NODES);
});

const fillAll = (requests: readonly ReturnType<typeof requestFor>[]) =>
  Promise.all(requests.map((each) => cachePage(countingView(), world)(each)));
const list = () => ['', 'page=2', 'page=3'].map((query) => requestFor(world.config, '/list', query));
const stored = async (requests: readonly { key: string }[]) =>
  (await Promise.all(requests.map(({ key }) => world.pages.get(key)))).filter((value) => value !== undefined).length;
const run = (input: unknown, tools: Partial<PurgeTools> = {}) =>
  purge(parsePurgeRequest(world.config, input), { ...world, newId: () => 'id-1', ...tools });

test('a URL is purged with every query string of it, and nothing else is', async () => {
  const others = [
    requestFor(world.config, '/list/1'),
    requestFor(world.config, '/lists'),
    requestFor(world.config, '/list', '', 'example.org'),
  ];
  await fillAll([...list(), ...others]);
  expect(await run({ urls: ['https://example.com/list'], caller: 'ann' })).toEqual({
    id: 'id-1',
    purged: true,
    mode: 'delete',
    selectors: [{ kind: 'url', host: 'example.com', path: '/list' }],
    pages: { found: 3, removed: 3, refreshed: 0 },
    nodes: [...NODES].sort().map((node) => ({ node, removed: expect.any(Number) as number })),
    durationMs: 0,
  });
  expect([await stored(list()), await stored(others)]).toEqual([0, 3]);
});

test('everything is purged by the index', async () => {
  const many = Array.from({ length: 40 }, (_, i) => requestFor(world.config, `/p/${i}`));
  await fillAll(many);
  const receipt = await run({ everything: true, urls: ['https://example.com/p/1'] });
  expect(receipt).toMatchObject({ selectors: [{ kind: 'everything' }], pages: { found: 40, removed: 40 } });
  expect(await stored(many)).toBe(0);
});

test('pages that the index does not know are found by their keys, with no query and with the given one', async () => {
  world.index.addRows = () => Promise.resolve();
  await fillAll(list());
  expect(await run({ urls: ['https://example.com/list?page=2'] })).toMatchObject({ pages: { found: 0, removed: 2 } });
  expect(await stored(list())).toBe(1);
});

test('of two schemes and all variants the keys need no index', async () => {
  const variants = [{ name: 'lang', source: 'cookie' as const, field: 'lang', values: ['en', 'de', 'fr'] }];
  world = makeWorld({ key: { variants } });
  const removed: string[] = [];
  const remove = world.pages.remove.bind(world.pages);
  world.pages.remove = (keys, nodes) => {
    removed.push(...keys);
    return remove(keys, nodes);
  };
  await run({ urls: ['https://example.com/?a=1'] });
  expect(new Set(removed).size).toBe(2 * 2 * 3);
});

test('a million combinations of variants are not tried, and keys go to the nodes in batches', async () => {
  const values = Array.from({ length: 32 }, (_, i) => `v${i}`);
  const variants = ['a', 'b', 'c', 'd'].map((name) => ({ name, source: 'cookie' as const, field: name, values }));
  world = makeWorld({ key: { scheme: 'same', variants } });
  const sizes: number[] = [];
  world.pages.remove = (keys, nodes) => {
    sizes.push(keys.length);
    return Promise.resolve(nodes.map((node) => ({ node, removed: 0 })));
  };
  await run({ urls: ['https://example.com/'] });
  expect(sizes.reduce((sum, size) => sum + size)).toBe(4096);
  expect(Math.max(...sizes)).toBe(500);
});

test('a URL that is named twice is selected and counted once', async () => {
  await fillAll(list());
  const receipt = await run({ urls: ['https://example.com/list', 'http://EXAMPLE.com/l%69st?page=2'] });
  expect(receipt).toMatchObject({ selectors: [{ path: '/list' }], pages: { found: 3, removed: 3 } });
});

test('nodes that left the ring are purged too, as long as the registry knows them', async () => {
  await fillAll(list());
  world.pages.setNodes(['four:11211']);
  const receipt = await run({ urls: ['https://example.com/list'] });
  expect(receipt.nodes.map(({ node }) => node)).toEqual(expect.arrayContaining(['four:11211']));
  expect(receipt.pages.removed).toBe(3);
  world.pages.setNodes(NODES);
  expect(await stored(list())).toBe(0);
});

test('the journal has the entry before any node is asked, and rows are left to expire', async () => {
  await fillAll(list());
  const steps: string[] = [];
  const record = world.index.record.bind(world.index);
  world.index.record = async (entry) => {
    await record(entry);
    steps.push(`recorded ${JSON.stringify(entry)}`);
  };
  const [nodes, remove] = [world.index.nodes.bind(world.index), world.pages.remove.bind(world.pages)];
  world.index.nodes = () => (steps.push('nodes'), nodes());
  world.pages.remove = (...args) => (steps.push('removed'), remove(...args));
  await run({ everything: true, caller: 'ann' });
  expect(steps).toEqual([
    `recorded {"id":"id-1","selectors":[{"kind":"everything"}],"mode":"delete","caller":"ann","at":${NOON}}`,
    'nodes',
    'removed',
  ]);
  expect(await allRows(world.index)).toHaveLength(3);
});

describe('when a node does not answer', () => {
  test('the others are purged, and the error names it and says that repeating is safe', async () => {
    const many = Array.from({ length: 40 }, (_, i) => requestFor(world.config, `/p/${i}`));
    await fillAll(many);
    const onTwo = many.filter(({ key }) => world.pages.nodeOf(key) === 'two:11211');
    world.pages.setReachable('two:11211', false);
    const error: unknown = await run({ everything: true }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PurgeIncompleteError);
    expect((error as Error).message).toMatch(
      /id-1 is incomplete: two:11211 \(two:11211 is cut off\) of 3 nodes.*repeat/,
    );
    expect((error as PurgeIncompleteError).receipt).toMatchObject({
      purged: false,
      pages: { found: 40, removed: 40 - onTwo.length },
      nodes: [{ node: 'one:11211' }, { node: 'three:11211' }, { node: 'two:11211', error: 'two:11211 is cut off' }],
    });
    world.pages.setReachable('two:11211', true);
    expect(await stored(many)).toBe(onTwo.length);
    expect(await run({ everything: true })).toMatchObject({ purged: true });
    expect(await stored(many)).toBe(0);
  });

  test('it is not asked again by the same purge', async () => {
    const asked: string[][] = [];
    const remove = world.pages.remove.bind(world.pages);
    world.pages.remove = (keys, nodes) => (asked.push([...nodes]), remove(keys, nodes));
    await fillAll(list());
    world.pages.setReachable('one:11211', false);
    await expect(run({ urls: ['https://example.com/list'] })).rejects.toThrow('one:11211');
    expect(asked.map((nodes) => nodes.includes('one:11211'))).toEqual([true, false]);
  });

  test('a node that says nothing at all counts as one', async () => {
    world.pages.remove = () => Promise.resolve([]);
    await expect(run({ urls: ['https://example.com/'] })).rejects.toThrow('did not answer');
  });
});

test('when the index does not answer, the purge fails', async () => {
  world.index.record = () => Promise.reject(new IndexError('gone'));
  await expect(run({ everything: true })).rejects.toThrow(IndexError);
});

const TAGGED = [textPage('a', [['Surrogate-Key', 'news']]), textPage('b', [['Cache-Tag', 'sport']])] as const;

describe('what is selected', () => {
  const at = (path: string, host = 'example.com', query = '') => requestFor(world.config, path, query, host);
  const all = () => [
    at('/news'),
    at('/news', 'example.com', 'page=2'),
    at('/news/1'),
    at('/news-old'),
    at('/news', 'example.org'),
  ];
  const store = async () => {
    for (const [i, request] of all().entries()) {
      await cachePage(countingView(TAGGED[i % 2]), world)(request);
    }
  };
  const left = async () =>
    (await Promise.all(all().map(async ({ key }) => ((await world.pages.get(key)) ? 'kept' : 'gone')))).join(' ');

  test.each([
    [{ urls: ['https://example.com/news'] }, 'gone gone kept kept kept'],
    [{ exactUrls: ['https://example.com/news?page=2'] }, 'kept gone kept kept kept'],
    [{ exactUrls: ['https://example.com/news'] }, 'gone kept kept kept kept'],
    [{ prefixes: ['https://example.com/news'] }, 'gone gone gone kept kept'],
    [{ prefixes: ['https://example.com/news/'] }, 'kept kept gone kept kept'],
    [{ tags: ['news'] }, 'gone kept gone kept gone'],
    [{ tags: ['news', 'sport'] }, 'gone gone gone gone gone'],
    [{ tags: ['other'] }, 'kept kept kept kept kept'],
    [{ hosts: ['example.org'] }, 'kept kept kept kept gone'],
    [{ everything: true }, 'gone gone gone gone gone'],
  ])('%j: %s', async (input, expected) => {
    await store();
    const { pages } = await run(input);
    expect(await left()).toBe(expected);
    expect(pages.removed).toBe(expected.split('gone').length - 1);
    expect(pages.found).toBe(pages.removed);
  });

  test('a preview says what would go, and changes nothing', async () => {
    await store();
    const before = await left();
    const request = parsePurgeRequest(world.config, { prefixes: ['https://example.com/news'], dryRun: true });
    expect(await previewPurge(request, world)).toEqual({
      dryRun: true,
      selectors: request.selectors,
      pages: { found: 3 },
      examples: ['', 'page=2', ''].map((query, i) => ({
        scheme: 'https',
        host: 'example.com',
        path: i < 2 ? '/news' : '/news/1',
        query,
        variants: {},
      })),
    });
    expect(await left()).toBe(before);
    expect(await auditOf(world)).toEqual([]);
  });

  test('what has expired is not counted as found', async () => {
    await store();
    world.clock.ms += 3_600_000;
    expect(await run({ everything: true })).toMatchObject({ pages: { found: 0, removed: 0 } });
    const request = parsePurgeRequest(world.config, { everything: true });
    expect(await previewPurge(request, world)).toMatchObject({ pages: { found: 0 }, examples: [] });
  });
});

async function auditOf({ index }: World): Promise<PurgeRecord[]> {
  const records: PurgeRecord[] = [];
  for await (const some of index.purges(new Date(NOON).toISOString().slice(0, 10))) records.push(...some);
  return records;
}

test('the audit keeps who purged what and when, and what came of it', async () => {
  await fillAll(list());
  await run({ tags: ['news'], caller: 'ann' });
  world.pages.setReachable('two:11211', false);
  await run({ everything: true }, { newId: () => 'id-2' }).catch(() => undefined);
  expect(await auditOf(world)).toMatchObject([
    {
      id: 'id-1',
      caller: 'ann',
      mode: 'delete',
      at: NOON,
      selected: '[{"kind":"tag","tag":"news"}]',
      result: { purged: true },
    },
    { id: 'id-2', caller: 'unnamed', result: { purged: false, failed: ['two:11211: two:11211 is cut off'] } },
  ]);
});

describe('a node that does not exist any more', () => {
  const gone = { nodeExists: (node: string) => Promise.resolve(node !== 'two:11211') };
  const many = () => Array.from({ length: 40 }, (_, i) => requestFor(world.config, `/p/${i}`));
  beforeEach(async () => {
    await fillAll(many());
    world.pages.setReachable('two:11211', false);
  });

  test('is no failure once it has left the ring, and the receipt says so', async () => {
    world.pages.setNodes(['one:11211', 'three:11211']);
    const receipt = await run({ everything: true }, gone);
    expect(receipt).toMatchObject({ purged: true });
    expect(receipt.nodes).toContainEqual({ node: 'two:11211', gone: true });
    expect((await run({ everything: true }, gone)).nodes.map(({ node }) => node)).not.toContain('two:11211');
  });

  test('is one while it is on the ring, and while its name still exists', async () => {
    await expect(run({ everything: true }, gone)).rejects.toThrow('two:11211');
    world.pages.setNodes(['one:11211', 'three:11211']);
    await expect(run({ everything: true })).rejects.toThrow('two:11211');
  });

  describe('and is back with what it held', () => {
    const onTwo = () => many().filter(({ key }) => world.pages.nodeOf(key) === 'two:11211');
    beforeEach(async () => {
      world.pages.setNodes(['one:11211', 'three:11211']);
      await run({ everything: true }, gone);
      world.pages.setNodes(NODES);
      world.pages.setReachable('two:11211', true);
    });

    test('nothing is stored on it before it is emptied', async () => {
      const view = countingView(textPage('new'));
      const [request] = onTwo().map((page) => ({ ...page, path: `${page.path}/new` }));
      const { key } = request as typeof request & object;
      await world.pages.remove([key], world.pages.nodes);
      expect(await cachePage(view, world)(request as never)).toMatchObject({ outcome: 'store-unreachable' });
    });

    test('the next purge of anything empties it', async () => {
      expect(await stored(onTwo())).toBeGreaterThan(0);
      await run({ tags: ['other'] });
      expect(await stored(onTwo())).toBe(0);
      expect(await world.index.nodes()).toMatchObject({ missed: new Set() });
      expect(await fillAll(onTwo().slice(0, 1))).toMatchObject([{ outcome: 'stored' }]);
    });

    test('a page that a fill puts there while it is emptied is purged by others, who do not have it on their ring', async () => {
      const [request] = onTwo();
      const late = { ...(request as typeof request & object) };
      // The fill began when the node was still registered, and writes its rows when the emptying has read them.
      const start = world.index.startFill.bind(world.index);
      const asItWas = { nodes: new Set(NODES), missed: new Set<string>() };
      world.index.startFill = async (page) => ({ ...(await start(page)), ...asItWas });
      const finishFill = cachePage(countingView(textPage('old')), world);
      const select = world.index.select.bind(world.index);
      world.index.select = async function* (selector) {
        yield* select(selector);
        world.index.select = select;
        await world.pages.remove([late.key], ['two:11211']);
        expect(await finishFill(late)).toMatchObject({ outcome: 'stored' });
        await purge(parsePurgeRequest(world.config, { urls: [`https://example.com${late.path}`] }), {
          ...world,
          pages: onRing(world.pages, ['one:11211', 'three:11211']),
        });
      };
      expect(await usableNodes(NODES, world)).toEqual(NODES);
      expect(await world.pages.get(late.key)).toBeUndefined();
    });

    test('whoever is to use it leaves it out while it cannot be emptied', async () => {
      world.pages.setReachable('two:11211', false);
      expect(await usableNodes(NODES, world)).toEqual(['one:11211', 'three:11211']);
      world.pages.setReachable('two:11211', true);
      expect(await usableNodes(NODES, world)).toEqual(NODES);
      expect(await stored(onTwo())).toBe(0);
    });
  });
});

describe('without an index', () => {
  beforeEach(() => (world = makeWorld({ purging: { index: 'none', flush: true } }, NODES)));

  test('no rows are written, and an exact URL is purged by its key', async () => {
    await fillAll(list());
    expect(await allRows(world.index)).toEqual([]);
    expect(await run({ exactUrls: ['https://example.com/list?page=2'] })).toMatchObject({ pages: { removed: 1 } });
    expect(await stored(list())).toBe(2);
  });

  test('everything empties the nodes', async () => {
    await fillAll(list());
    const receipt = await run({ everything: true });
    expect(receipt.nodes).toEqual([...NODES].sort().map((node) => ({ node, flushed: true })));
    expect(await stored(list())).toBe(0);
  });

  test('a node that cannot be emptied fails the purge', async () => {
    world.pages.setReachable('one:11211', false);
    await expect(run({ everything: true })).rejects.toThrow('one:11211');
  });
});

/** The same nodes with another ring, as a process has them that has not learnt of a change. */
function onRing(pages: World['pages'], nodes: readonly string[]): World['pages'] {
  return Object.create(pages, { nodes: { value: nodes } }) as World['pages'];
}
