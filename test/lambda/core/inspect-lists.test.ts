import { listPages, type ListTools } from '../../../lambda/core/list-pages';
import { listPurges } from '../../../lambda/core/list-purges';
import type { PurgeRecord } from '../../../lambda/core/page-index';
import { StoreError } from '../../../lambda/core/page-store';
import { siteStatus } from '../../../lambda/core/site-status';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { pageRow } from '../stores/page-index-suite';

const NOW = Date.UTC(2026, 2, 10, 12);
const DAY = 86_400_000;
const now = () => NOW;
const store = { nodeOf: () => 'one:11211', holdsPage: () => Promise.resolve<boolean | undefined>(true) };

/** An index of this many pages, which counts those that are read. */
function indexOf(count: number, fields: (i: number) => object = () => ({})) {
  const read = { count: 0 };
  const list: ListTools['index']['list'] = async function* (_, after) {
    await Promise.resolve();
    for (let i = 0; i < count; i += 1) {
      const place = String(i).padStart(6, '0');
      if (place <= after) continue;
      read.count += 1;
      yield { place, row: pageRow(`/${i}`, { storedUntil: NOW / 1000 + 60, ...fields(i) }) };
    }
  };
  return { read, list };
}

const request = { kind: 'pages', filter: {}, limit: 100, after: '' } as const;
const placeOf = (next?: string) => Buffer.from(next ?? '', 'base64url').toString();

test('a list ends where its limit is, and goes on there', async () => {
  const index = indexOf(5);
  const first = await listPages({ ...request, limit: 2 }, { index, store, now });
  expect(first.pages.map(({ path }) => path)).toEqual(['/0', '/1']);
  const rest = await listPages({ ...request, after: placeOf(first.next) }, { index, store, now });
  expect(rest.pages.map(({ path }) => path)).toEqual(['/2', '/3', '/4']);
  expect(rest.next).toBeUndefined();
  expect((await listPages({ ...request, limit: 5 }, { index, store, now })).next).toBeUndefined();
});

test('each page says whether it is stored, where its node tells', async () => {
  const holdsPage = (key: string) =>
    key.endsWith('/2')
      ? Promise.reject(new StoreError('no answer'))
      : Promise.resolve([true, false][Number(key.at(-1))]);
  const { pages } = await listPages(request, { index: indexOf(3), store: { ...store, holdsPage }, now });
  expect(pages.map(({ stored }) => stored)).toEqual([true, false, undefined]);
});

test('pages whose lifetime is over are left out', async () => {
  const index = indexOf(4, (i) => ({ storedUntil: NOW / 1000 + (i % 2) }));
  expect((await listPages(request, { index, store, now })).pages.map(({ path }) => path)).toEqual(['/1', '/3']);
});

test('a search that finds little ends after 20,000 rows, and can be gone on with', async () => {
  const index = indexOf(50_000, (i) => (i === 30_000 ? { query: 'Needle=1' } : {}));
  const search = { ...request, filter: { search: 'nEEDLE' } };
  const first = await listPages(search, { index, store, now });
  expect(first).toMatchObject({ pages: [], scanned: 20_000 });
  expect(index.read.count).toBeLessThanOrEqual(20_001);
  const second = await listPages({ ...search, after: placeOf(first.next) }, { index, store, now });
  expect(second.pages).toMatchObject([{ path: '/30000' }]);
});

test('an answer stays below what a function may answer', async () => {
  const index = indexOf(1000, () => ({ query: 'x'.repeat(20_000) }));
  const list = await listPages({ ...request, limit: 1000 }, { index, store, now });
  expect(JSON.stringify(list).length).toBeLessThan(6 * 1024 * 1024);
  expect(list.next).toBeDefined();
});

function journal(...records: (Partial<PurgeRecord> & { at: number })[]) {
  const asked: string[] = [];
  return {
    asked,
    async *purges(day: string): AsyncIterable<PurgeRecord[]> {
      asked.push(day);
      await Promise.resolve();
      const ofDay = records.filter(({ at }) => new Date(at).toISOString().startsWith(day));
      yield ofDay
        .sort((a, b) => b.at - a.at)
        .map((record) => ({ id: 'x', caller: 'ann', mode: 'delete', selected: '[]', ...record }));
    },
  };
}

test('purges come newest first, from as many days as it takes, up to 30', async () => {
  const index = journal({ at: NOW - DAY }, { at: NOW - 60_000 }, { at: NOW - 1000 }, { at: NOW - 20 * DAY });
  const all = await listPurges({ limit: 10, sinceAt: 0 }, { index, now });
  expect(all.purges.map(({ at }) => NOW - at)).toEqual([1000, 60_000, DAY, 20 * DAY]);
  expect(index.asked).toHaveLength(31);
  expect(await listPurges({ limit: 2, sinceAt: 0 }, { index, now })).toMatchObject({ more: true, purges: [{}, {}] });
  const some = await listPurges({ limit: 10, sinceAt: NOW - 50_000 }, { index, now });
  expect(some.purges).toHaveLength(1);
});

test('of a purge of very many selectors, those are shown that the journal kept whole', async () => {
  const selectors = Array.from({ length: 9 }, (_, i) => ({ kind: 'tag', tag: `},{${i}` }));
  const selected = JSON.stringify(selectors).slice(0, -15);
  const { purges } = await listPurges({ limit: 1, sinceAt: 0 }, { index: journal({ at: NOW, selected }), now });
  expect(purges[0]?.selectors).toEqual(selectors.slice(0, 8));
});

test('a status is told though the index or a node does not answer', async () => {
  const fails = () => Promise.reject(new Error('no answer'));
  const index = {
    nodes: fails,
    size: fails,
    ...journal(),
    select: () => {
      throw new Error('not asked');
    },
    list: indexOf(0).list,
  };
  const nodes = ['one:11211', 'two:11211'];
  const stats = (node: string) => (node === 'one:11211' ? Promise.resolve(undefined) : fails());
  const look = () => Promise.resolve(undefined);
  const config = parseSiteConfig({ site: 'shop' });
  expect(await siteStatus({ config, index, store: { ...store, nodes, stats, look }, now })).toEqual({
    ...{ site: 'shop', at: NOW, purges: [] },
    index: { kind: 'full', error: 'no answer' },
    nodes: [
      { node: 'one:11211', onRing: true, missedPurge: false, reachable: true },
      { node: 'two:11211', onRing: true, missedPurge: false, reachable: false, error: 'no answer' },
    ],
  });
});
