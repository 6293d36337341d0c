import type { JournalEntry, PageIndex, PageRow, PurgeResult } from '../../../lambda/core/page-index';
import { type Selector, selects } from '../../../lambda/core/selector';

/** A page of the tests' site. */
export function pageRow(path: string, fields: Partial<PageRow> = {}): PageRow {
  const [host, query] = ['www.example.com', 'a=1'];
  const key = `key-of-${fields.host ?? host}${path}`;
  return { scheme: 'https', host, path, query, variants: {}, key, tags: [], storedUntil: 1000, ...fields };
}

/** A purge of selectors, as the journal gets it. */
export function journalEntry(...selectors: Selector[]): JournalEntry {
  return { id: 'one', selectors, mode: 'delete', caller: 'a test', at: Date.UTC(2026, 2, 1, 12) };
}

const HOST = 'www.example.com';
const url = (path: string): Selector => ({ kind: 'url', host: HOST, path });
const EVERYTHING: Selector = { kind: 'everything' };

async function selected(index: PageIndex, selector: Selector): Promise<string[]> {
  const keys: string[] = [];
  for await (const rows of index.select(selector)) keys.push(...rows.map(({ key }) => key));
  return keys.sort();
}

const pages = [
  pageRow('/'),
  pageRow('/items', { tags: ['list', 'a'] }),
  pageRow('/items', { key: 'items-b2', query: 'b=2', tags: ['list'] }),
  pageRow('/items/1', { tags: ['a', 'b#0#c'], variants: { lang: 'de' }, scheme: 'http' }),
  pageRow('/items/1/x'),
  pageRow('/items-old', { tags: ['A'] }),
  pageRow('/items.html'),
  pageRow('/items', { host: 'example.com', tags: ['a'] }),
  pageRow('/items', { host: 'www.example.com.evil.example' }),
];

const SELECTORS: [string, Selector][] = [
  ['a URL', url('/items')],
  ['a URL that nobody stored', url('/nothing')],
  ['one exact URL', { kind: 'exact', host: HOST, path: '/items', query: 'b=2' }],
  ['an exact URL that nobody stored', { kind: 'exact', host: HOST, path: '/items', query: '' }],
  ['a prefix', { kind: 'prefix', host: HOST, path: '/items' }],
  ['a prefix that ends in a slash', { kind: 'prefix', host: HOST, path: '/items/' }],
  ['the prefix of everything on a host', { kind: 'prefix', host: HOST, path: '/' }],
  ['a tag', { kind: 'tag', tag: 'a' }],
  ['a tag of one host', { kind: 'tag', tag: 'a', host: 'example.com' }],
  ['a tag with the characters of row keys', { kind: 'tag', tag: 'b#0#c' }],
  ['a tag in other letters', { kind: 'tag', tag: 'LIST' }],
  ['a host', { kind: 'host', host: HOST }],
  ['everything', EVERYTHING],
];

/** What every index does: the same for all of them. `make` gives an empty one. */
export function pageIndexTests(name: string, make: () => Promise<PageIndex>): void {
  describe(`page index: ${name}`, () => {
    let index: PageIndex;
    beforeEach(async () => (index = await make()));
    afterEach(() => index.close());

    test.each(SELECTORS)('%s selects what it should and nothing else', async (_, selector) => {
      await Promise.all(pages.map((row) => index.addRows(row)));
      const wanted = pages.filter((row) => selects(selector, row)).map(({ key }) => key);
      expect(await selected(index, selector)).toEqual(wanted.sort());
    });

    test.each<[string, Selector]>([
      ['by its URL', url('/items/1')],
      ['by its tag', { kind: 'tag', tag: 'a' }],
    ])('a page that is found %s has all that it takes to render it again', async (_, selector) => {
      await Promise.all(pages.map((row) => index.addRows(row)));
      const found: PageRow[] = [];
      for await (const rows of index.select(selector)) found.push(...rows);
      const wanted = { ...(pages[3] as PageRow), tags: expect.any(Array) as string[] };
      expect(found.find(({ key }) => key === wanted.key)).toEqual(wanted);
    });

    test('very many pages are selected, in batches', async () => {
      const rows = Array.from({ length: 200 }, (_, i) => pageRow(`/p/${i}`, { tags: ['all'] }));
      await Promise.all(rows.map((row) => index.addRows(row)));
      const keys = rows.map(({ key }) => key).sort();
      expect(await selected(index, EVERYTHING)).toEqual(keys);
      expect(await selected(index, { kind: 'tag', tag: 'all' })).toEqual(keys);
    });

    test('a page that is stored again has one row', async () => {
      await index.addRows(pageRow('/a', { tags: ['t'] }));
      await index.addRows(pageRow('/a', { tags: ['t'] }));
      expect(await selected(index, EVERYTHING)).toHaveLength(1);
      expect(await selected(index, { kind: 'tag', tag: 't' })).toHaveLength(1);
    });

    test('a page whose tags change is found by the old and the new ones: the old page may still be on a node', async () => {
      await index.addRows(pageRow('/a', { tags: ['old'] }));
      await index.addRows(pageRow('/a', { tags: ['new'] }));
      expect(await selected(index, { kind: 'tag', tag: 'old' })).toHaveLength(1);
      expect(await selected(index, { kind: 'tag', tag: 'new' })).toHaveLength(1);
    });

    test('a page may have 128 tags', async () => {
      const tags = Array.from({ length: 128 }, (_, i) => `${'t'.repeat(250)}${i}`);
      await index.addRows(pageRow('/a', { tags }));
      for (const tag of [tags[0], tags[127]]) {
        expect(await selected(index, { kind: 'tag', tag: tag as string })).toHaveLength(1);
      }
    });

    // Each journal has seen a purge before: of an empty one an index may say that it does not know.
    const known = async (row: PageRow) => {
      await index.record(journalEntry(EVERYTHING, url(row.path)));
      return index.startFill(row);
    };

    test.each(SELECTORS)(
      'a fill that began before a purge of %s learns of it if it is concerned',
      async (_, selector) => {
        for (const row of pages.slice(0, 8)) {
          const start = await known(row);
          expect(await index.purgedSince(start, row)).toBe(false);
          await index.record(journalEntry(selector));
          expect([row.key, await index.purgedSince(start, row)]).toEqual([row.key, selects(selector, row)]);
        }
      },
    );

    test('a fill that begins after a purge is not concerned', async () => {
      await index.record(journalEntry(url('/a'), EVERYTHING));
      expect(await index.purgedSince(await index.startFill(pageRow('/a')), pageRow('/a'))).toBe(false);
    });

    test('a fill learns of the last of many purges, and of one of many selectors', async () => {
      const start = await known(pageRow('/a'));
      await Promise.all(Array.from({ length: 12 }, () => index.record(journalEntry({ kind: 'tag', tag: 'other' }))));
      expect(await index.purgedSince(start, pageRow('/a', { tags: ['t'] }))).toBe(false);
      const many = Array.from({ length: 10_000 }, (_, i) => url(`/${'x'.repeat(40)}/${i}`));
      await index.record(journalEntry(...many, { kind: 'tag', tag: 't' }));
      expect(await index.purgedSince(start, pageRow('/a', { tags: ['t'] }))).toBe(true);
      expect(await index.purgedSince(start, pageRow('/a'))).toBe(false);
      expect(await index.purgedSince(await known(pageRow('/b')), pageRow('/b'))).toBe(false);
    });

    test('one of very many URLs is learned of', async () => {
      const start = await known(pageRow('/p/7'));
      await index.record(journalEntry(...Array.from({ length: 300 }, (_, i) => url(`/p/${i}`))));
      expect(await index.purgedSince(start, pageRow('/p/7'))).toBe(true);
    });

    test('numbers are taken apart by purges at the same time', async () => {
      const start = await index.startFill(pageRow('/a'));
      await Promise.all(Array.from({ length: 12 }, () => index.record(journalEntry(EVERYTHING))));
      expect(await index.purgedSince(start, pageRow('/a'))).toBe(true);
      expect(await index.purgedSince(await index.startFill(pageRow('/a')), pageRow('/a'))).toBe(false);
    });

    test('a registered node is known to fills and purges', async () => {
      await index.registerNode('one:11211');
      await Promise.all([index.registerNode('two:11211'), index.registerNode('one:11211')]);
      for (const known of [await index.nodes(), await index.startFill(pageRow('/a'))]) {
        expect([...known.nodes].sort()).toEqual(['one:11211', 'two:11211']);
        expect([...known.missed]).toEqual([]);
      }
    });

    test('a node that missed a purge is remembered until it is emptied', async () => {
      await index.registerNode('one:11211');
      await index.missNode('one:11211');
      for (const known of [await index.nodes(), await index.startFill(pageRow('/a'))]) {
        expect([[...known.nodes], [...known.missed], known.misses]).toEqual([[], ['one:11211'], 1]);
      }
      await index.registerNode('one:11211');
      expect(await index.admitNode('one:11211', 1)).toBe(true);
      const { nodes, missed } = await index.nodes();
      expect([[...nodes], [...missed]]).toEqual([['one:11211'], []]);
    });

    test('a node that was found gone again while it was emptied is not admitted', async () => {
      await index.missNode('one:11211');
      await index.missNode('two:11211');
      expect(await index.admitNode('one:11211', 1)).toBe(false);
      expect([...(await index.nodes()).missed].sort()).toEqual(['one:11211', 'two:11211']);
    });

    test('what visitors bring about is journaled, and not audited', async () => {
      const start = await known(pageRow('/a'));
      const entry = { ...journalEntry(EVERYTHING), caller: undefined };
      await index.record(entry);
      await index.finish(entry, {
        purged: true,
        pages: { found: 0, removed: 0, refreshed: 0 },
        durationMs: 1,
        failed: [],
      });
      expect(await index.purgedSince(start, pageRow('/a'))).toBe(true);
      const records = [];
      // `known` purged once, as somebody who is named.
      for await (const some of index.purges('2026-03-01')) records.push(...some);
      expect(records).toHaveLength(1);
    });

    test('the audit says who purged what, when, and with which result, the newest first', async () => {
      const result: PurgeResult = {
        purged: false,
        pages: { found: 3, removed: 2, refreshed: 0 },
        durationMs: 7,
        failed: ['one:11211: gone'],
      };
      const [first, second] = [
        journalEntry(EVERYTHING),
        { ...journalEntry(url('/a'), { kind: 'tag', tag: 't' }), id: 'two', at: Date.UTC(2026, 2, 1, 13) },
      ];
      await index.record(first);
      await index.finish(first, result);
      await index.record(second);
      await index.record({ ...first, id: 'three', at: Date.UTC(2026, 2, 2) });
      const kept = { id: first.id, mode: first.mode, caller: first.caller, at: first.at };
      const records = [];
      for await (const some of index.purges('2026-03-01')) records.push(...some);
      expect(records).toEqual([
        { ...kept, id: 'two', at: second.at, selected: JSON.stringify(second.selectors) },
        { ...kept, selected: '[{"kind":"everything"}]', result },
      ]);
    });
  });
}
