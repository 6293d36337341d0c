import type { RequestListener } from 'node:http';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const HIT = 'hit';
const STORED = 'fwd=uri-miss; stored';
const PAGES = ['/news', '/news?page=2', '/news/1', '/news-old', '/sport'] as const;
const HOST = 'http://www.example.com';

/** A page with tags in each of the headers that name them. */
function tagged(...headers: [name: string, value: string][]): RequestListener {
  return freshPage({ 'Cache-Control': 'max-age=60', ...Object.fromEntries(headers) });
}

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ storage: { routes: [{ path: '/sport', tags: ['by-route'] }] } });
  site.origin.on('/news', tagged(['Surrogate-Key', 'list all'], ['Cache-Groups', '"news;1"']));
  site.origin.on('/news/1', tagged(['Cache-Tag', 'article-1, all']));
  site.origin.on('/news-old', tagged());
  site.origin.on('/sport', tagged(['Surrogate-Key', 'all']));
});
afterAll(() => site?.stop());

const statuses = async (host = 'www.example.com') => {
  const found: string[] = [];
  for (const page of PAGES) found.push(cacheStatus(await ask(site.address, page, { Host: host })));
  return found;
};
const invoke = (request: object) => site.functions.purge.invoke(request);

describe.each([
  [{ urls: [`${HOST}/news`] }],
  [{ exactUrls: [`${HOST}/news?page=2`] }],
  [{ prefixes: [`${HOST}/news`] }],
  [{ tags: ['all'] }],
  [{ tags: ['news;1'] }],
  [{ tags: ['article-1'] }],
  [{ tags: ['by-route'] }],
  [{ hosts: ['www.example.com'] }],
  [{ everything: true }],
])('a purge of %j', (selection) => {
  const selected = expectedOf(selection);

  test('removes what is selected and nothing else', async () => {
    await statuses();
    expect(await statuses()).toEqual(PAGES.map(() => HIT));
    const receipt = await invoke(selection);
    expect(receipt).toMatchObject({ purged: true, pages: { found: selected.length, removed: selected.length } });
    expect(await statuses()).toEqual(PAGES.map((page) => (selected.includes(page) ? STORED : HIT)));
  });

  test('refreshes the same: nobody meets a miss, and everybody gets a new rendering', async () => {
    await statuses();
    const before = await bodies();
    const receipt = await invoke({ ...selection, mode: 'refresh' });
    expect(receipt).toMatchObject({ purged: true, pages: { refreshed: selected.length, removed: 0 } });
    const after = await bodies();
    expect(PAGES.filter((_page, i) => before[i] !== after[i])).toEqual(selected);
    expect(await statuses()).toEqual(PAGES.map(() => HIT));
  });

  test('previews the same, and removes nothing', async () => {
    await statuses();
    const preview = (await invoke({ ...selection, dryRun: true })) as { examples: { path: string; query: string }[] };
    const paths = preview.examples.map(({ path, query }) => (query === '' ? path : `${path}?${query}`));
    expect(paths.sort()).toEqual([...selected].sort());
    expect(await statuses()).toEqual(PAGES.map(() => HIT));
  });
});

async function bodies(): Promise<string[]> {
  const all: string[] = [];
  for (const page of PAGES) all.push((await ask(site.address, page)).body);
  return all;
}

function expectedOf(selection: object): string[] {
  const byName: Record<string, readonly string[]> = {
    [`${HOST}/news`]: 'prefixes' in selection ? ['/news', '/news?page=2', '/news/1'] : ['/news', '/news?page=2'],
    [`${HOST}/news?page=2`]: ['/news?page=2'],
    all: ['/news', '/news?page=2', '/news/1', '/sport'],
    'news;1': ['/news', '/news?page=2'],
    'article-1': ['/news/1'],
    'by-route': ['/sport'],
  };
  const [name] = Object.values(selection).flat() as [string];
  return [...(byName[name] ?? PAGES)];
}

test('another host keeps its pages', async () => {
  await statuses('www.example.org');
  await invoke({ hosts: ['www.example.com'] });
  await invoke({ prefixes: [`${HOST}/`] });
  expect(await statuses('www.example.org')).toEqual(PAGES.map(() => HIT));
});

test.each(['surrogate-key', 'cache-tag', 'cache-groups'])(
  '%s does not go out: on a miss, a hit or a bypass',
  async (name) => {
    await invoke({ everything: true });
    for (const path of ['/news', '/news/1']) {
      for (const headers of [{}, {}, { Cookie: 'session=1' }] as Record<string, string>[]) {
        expect((await ask(site.address, path, headers)).headers).not.toHaveProperty(name);
      }
    }
  },
);

test('a page with a tag that nobody could purge is not stored, and says why', async () => {
  site.origin.on('/bad-tag', tagged(['Cache-Tag', 'ok, not ok']));
  const many = Array.from({ length: 129 }, (_, i) => `t${i}`).join(' ');
  site.origin.on('/many-tags', tagged(['Surrogate-Key', many]));
  expect(cacheStatus(await ask(site.address, '/bad-tag'))).toBe('fwd=uri-miss; detail=bad-tag');
  expect(cacheStatus(await ask(site.address, '/many-tags'))).toBe('fwd=uri-miss; detail=too-many-tags');
});

test('a page that gets other tags is purged by the old and the new ones', async () => {
  for (const tag of ['before', 'after']) {
    site.origin.on('/retagged', tagged(['Cache-Tag', tag]));
    await ask(site.address, '/retagged');
    if (tag === 'before') await invoke({ urls: [`${HOST}/retagged`] });
  }
  for (const tag of ['before', 'after']) {
    await ask(site.address, '/retagged');
    await invoke({ tags: [tag] });
    expect(cacheStatus(await ask(site.address, '/retagged'))).toBe(STORED);
  }
});
