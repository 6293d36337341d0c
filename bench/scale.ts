import type { Cleanup } from './cleanup';
import { purgeInChild, type PurgeMeasurement } from './child-purge';
import { amount, mebibytes, section, table } from './report';
import { fillPages, putPages } from './stored-pages';
import type { Stage } from './stage';

// Pages of each tag that come through the whole fill; more of them would take an hour at the stand-in.
const WHOLE_FILLS = 500;
const FEW_PAGES = 1000;

/** The tag under which the scale section stores so many pages. */
export function tagOf(pages: number): string {
  return `all-${pages}`;
}

/** Purges of one tag, each in a process of its own, up to so many pages. */
export async function measureScale(stage: Stage, pages: number, cleanup: Cleanup): Promise<string> {
  const sizes = [...new Set([Math.min(FEW_PAGES, pages), Math.max(Math.floor(pages / 10), 1), pages])].sort(
    (a, b) => a - b,
  );
  const rows: string[][] = [];
  let filling = '';
  for (const size of sizes) {
    filling = await storePages(stage, size);
    rows.push(row(size, await purgeInChild(stage, tagOf(size), cleanup)));
  }
  const head = ['pages of the tag', 'found', 'removed', 'seconds', 'pages/s', 'peak memory', 'before', 'heap growth'];
  return section(
    `1. Scale: a purge of one tag with ${amount(pages)} pages`,
    table([head, ...rows]),
    `Of the last row's pages ${filling}.`,
    [
      'Each purge runs in a process of its own, with the deadlines of the purge function. Peak memory is that of the whole',
      'process, with Node and the TypeScript loader; heap growth is the largest heap during the purge over the heap before it,',
      'garbage included. A purge reads 16 partitions at once and has an answer of each in memory, of 500 rows at most: memory',
      'grows with the number of pages until the answers are full, and no further.',
    ].join('\n'),
    [
      'Memcached is real. DynamoDB is a stand-in on the same machine: one process that answers one request at a time, without',
      'a network. Where it is the bottleneck, the rate is a lower bound of what the purge itself can do; its round trips are',
      "shorter than DynamoDB's, so the time of a small purge is a lower bound of the deployed one's.",
    ].join('\n'),
  );
}

/** @returns how the pages were stored. */
async function storePages(stage: Stage, count: number): Promise<string> {
  const paths = Array.from({ length: count }, (_, i) => `/products/${tagOf(count)}/${i}`);
  const tags = [tagOf(count)];
  const filled = await fillPages(stage, paths.slice(0, WHOLE_FILLS), tags);
  const whole = `${amount(filled.pages)} were stored through the whole fill, ${amount(filled.perSecond)} a second`;
  if (count <= WHOLE_FILLS) {
    return whole;
  }
  const put = await putPages(stage, paths.slice(WHOLE_FILLS), tags);
  return `${whole},\nthe other ${amount(put.pages)} with its effects only (index.addRows, take and publish), ${amount(put.perSecond)} a second`;
}

function row(size: number, measured: PurgeMeasurement): string[] {
  const { pages, milliseconds, peakResidentBytes, residentBytesBefore, heapGrowthBytes } = measured;
  // A purge that finds less than all pages is faster, and no measurement.
  if (pages.found !== size || pages.removed !== size) {
    throw new Error(`of ${size} pages ${pages.found} were found and ${pages.removed} removed`);
  }
  return [
    amount(size),
    amount(pages.found),
    amount(pages.removed),
    amount(milliseconds / 1000, 2),
    amount(size / (milliseconds / 1000)),
    mebibytes(peakResidentBytes),
    mebibytes(residentBytesBefore),
    mebibytes(heapGrowthBytes),
  ];
}
