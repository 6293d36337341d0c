import { amount, mebibytes, table } from '../report';
import type { Asked } from './distinct-urls';
import { type Growth, isFlat, mostGrowth } from './growth';

// The widest cell: of a memory's name, and of a number of requests.
const WIDTH = 11;

/** One line of the samples, which appear while the benchmark runs. */
export function sampleLine(cells: readonly string[]): string {
  return `  ${cells.map((cell) => cell.padStart(WIDTH)).join('  ')}`;
}

/** A time as minutes and seconds. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, '0')}`;
}

/** What the requests were answered with, the most frequent first. */
export function outcomeReport({ requests, outcomes }: Asked): string {
  const rows = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, times]) => [outcome, amount(times)]);
  return table([['all', amount(requests)], ...rows]);
}

/** The growth of each process, with its verdict. */
export function growthReport(growths: ReadonlyMap<string, Growth>): string {
  const rows = [...growths].map(([name, growth]) => [
    name,
    mebibytes(growth.warm),
    mebibytes(growth.end),
    mebibytes(growth.end - growth.warm),
    mebibytes(mostGrowth(growth)),
    isFlat(growth) ? 'flat' : 'GROWS',
  ]);
  return table([['', 'warm', 'end', 'growth', 'at most', ''], ...rows]);
}
