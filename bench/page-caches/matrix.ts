/** One cell of the matrix: what is asked for, and how. */
export interface Cell {
  /** In thousands of bytes, before compression. */
  readonly kilobytes: number;
  /** Whether the visitor accepts gzip. */
  readonly gzip: boolean;
  readonly connections: number;
  /** How many different pages are asked for, in turn. */
  readonly pages: number;
}

export const MANY_PAGES = 10_000;
const SIZES = [1, 25, 250];

/** Every cell, but for 10,000 pages of 250 kB: that many do not fit beside each other on one machine. */
export function allCells(): Cell[] {
  const cells: Cell[] = [];
  for (const kilobytes of SIZES) {
    for (const pages of [1, MANY_PAGES]) {
      if (pages * kilobytes > 1_000_000) continue;
      for (const gzip of [true, false]) {
        for (const connections of [64, 1]) cells.push({ kilobytes, gzip, connections, pages });
      }
    }
  }
  return cells;
}

/** The hot pages of the targets, and one cell for each thing that may change the picture. */
export function quickCells(): Cell[] {
  const hot: Cell = { kilobytes: 25, gzip: true, connections: 64, pages: 1 };
  return [
    ...SIZES.map((kilobytes) => ({ ...hot, kilobytes })),
    { ...hot, gzip: false },
    { ...hot, connections: 1 },
    { ...hot, pages: 1000 },
  ];
}

/** A hot page as browsers ask for it: what the targets are about. */
export function isHot({ gzip, connections, pages }: Cell): boolean {
  return gzip && connections > 1 && pages === 1;
}

/** The path of a page. Every contender knows it under the same one. */
export function pagePath(kilobytes: number, number: number): string {
  return `/${kilobytes}kb/${number}.html`;
}

/** All paths that some cells ask for. */
export function pathsOf(cells: readonly Cell[]): string[] {
  const counts = new Map<number, number>();
  for (const { kilobytes, pages } of cells) {
    counts.set(kilobytes, Math.max(pages, counts.get(kilobytes) ?? 0));
  }
  return [...counts].flatMap(([kilobytes, count]) =>
    Array.from({ length: count }, (_, number) => pagePath(kilobytes, number)),
  );
}

/** A cell in words. */
export function cellTitle({ kilobytes, gzip, connections, pages }: Cell): string {
  return [
    `${kilobytes} kB`,
    gzip ? 'gzip' : 'not compressed',
    connections === 1 ? '1 connection' : `${connections} connections`,
    pages === 1 ? '1 page' : `${pages.toLocaleString('en-US')} pages`,
  ].join(', ');
}
