import type { JournalEntry, PageIndex, PageRow, Selector } from '../../../lambda/core/page-index';

const page = (path: string, key = `key of ${path}`.replaceAll(' ', '-')): PageRow => ({
  host: 'www.example.com',
  path,
  query: 'a=1',
  key,
});
const entry = (...selectors: Selector[]): JournalEntry => ({ id: 'one', selectors, caller: 'a test', at: 0 });
const url = ({ host, path }: PageRow): Selector => ({ kind: 'url', host, path });

async function selected(index: PageIndex, selector: Selector): Promise<string[]> {
  const keys: string[] = [];
  for await (const rows of index.select(selector)) keys.push(...rows.map(({ key }) => key));
  return keys.sort();
}

/** What every index does: the same for all of them. `make` gives an empty one. */
export function pageIndexTests(name: string, make: () => Promise<PageIndex>): void {
  describe(`page index: ${name}`, () => {
    let index: PageIndex;
    beforeEach(async () => (index = await make()));
    afterEach(() => index.close());

    test('a URL selects every page of it, and none of a longer path, another host or below', async () => {
      const list = page('/list', 'one');
      const rows = [
        list,
        page('/list', 'two'),
        page('/list-old'),
        page('/list/1'),
        { ...list, host: 'example.com', key: 'other' },
      ];
      for (const row of rows) await index.addRows(row);
      expect(await selected(index, url(list))).toEqual(['one', 'two']);
    });

    test('everything selects all pages, each with what it was indexed by', async () => {
      const rows = Array.from({ length: 200 }, (_, i) => page(`/p/${i}`, `key-${i}`));
      await Promise.all(rows.map((row) => index.addRows(row)));
      expect(await selected(index, { kind: 'everything' })).toEqual(rows.map(({ key }) => key).sort());
      const found: PageRow[] = [];
      for await (const some of index.select(url(page('/p/7')))) found.push(...some);
      expect(found).toEqual([rows[7]]);
    });

    test('a page that is stored again has one row', async () => {
      await index.addRows(page('/a'));
      await index.addRows(page('/a'));
      expect(await selected(index, { kind: 'everything' })).toHaveLength(1);
    });

    test.each<[string, Selector, boolean]>([
      ['its URL', url(page('/a')), true],
      ['everything', { kind: 'everything' }, true],
      ['another URL', url(page('/b')), false],
    ])('a fill that began before a purge of %s learns of it: %s', async (_, selector, concerns) => {
      const start = await index.startFill(page('/a'));
      expect(await index.purgedSince(start, page('/a'))).toBe(false);
      await index.record(entry(selector));
      expect(await index.purgedSince(start, page('/a'))).toBe(concerns);
    });

    test('a fill that begins after a purge does not', async () => {
      await index.record(entry(url(page('/a')), { kind: 'everything' }));
      expect(await index.purgedSince(await index.startFill(page('/a')), page('/a'))).toBe(false);
    });

    test('numbers are taken apart by purges at the same time', async () => {
      const start = await index.startFill(page('/a'));
      await Promise.all(Array.from({ length: 12 }, () => index.record(entry({ kind: 'everything' }))));
      expect(await index.purgedSince(start, page('/a'))).toBe(true);
      expect(await index.purgedSince(await index.startFill(page('/a')), page('/a'))).toBe(false);
    });

    test('a registered node is known to fills and purges', async () => {
      await index.registerNode('one:11211');
      await Promise.all([index.registerNode('two:11211'), index.registerNode('one:11211')]);
      expect([...(await index.nodes())].sort()).toEqual(['one:11211', 'two:11211']);
      expect([...(await index.startFill(page('/a'))).nodes].sort()).toEqual(['one:11211', 'two:11211']);
    });
  });
}
