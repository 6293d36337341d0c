import {
  allCells,
  cellTitle,
  isHot,
  MANY_PAGES,
  pagePath,
  pathsOf,
  quickCells,
} from '../../../bench/page-caches/matrix';

test('the matrix has every combination but the one that does not fit', () => {
  const titles = allCells().map(cellTitle);
  expect(new Set(titles).size).toBe(20);
  expect(titles).toContain('25 kB, not compressed, 1 connection, 10,000 pages');
  expect(titles.filter((title) => title.startsWith('250 kB')).every((title) => title.endsWith('1 page'))).toBe(true);
});

test('a hot page of each size is in both matrices', () => {
  for (const cells of [allCells(), quickCells()]) {
    expect(cells.filter(isHot).map(({ kilobytes }) => kilobytes)).toEqual([1, 25, 250]);
  }
});

test('the paths of cells are each page once', () => {
  const cell = { kilobytes: 25, gzip: true, connections: 1, pages: 2 };
  expect(pathsOf([cell, { ...cell, pages: 3, gzip: false }, { ...cell, kilobytes: 1, pages: 1 }])).toEqual([
    '/25kb/0.html',
    '/25kb/1.html',
    '/25kb/2.html',
    '/1kb/0.html',
  ]);
  expect(pathsOf(allCells())).toHaveLength(2 * MANY_PAGES + 1);
  expect(pagePath(250, 0)).toBe('/250kb/0.html');
});
