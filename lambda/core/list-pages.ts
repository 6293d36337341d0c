import type { IndexReader } from './index-reader';
import type { ListedPage, PageList } from './inspect-answers';
import type { InspectRequest, ListFilter } from './inspect-request';
import { cursorOf } from './list-cursor';
import type { PageRow } from './page-index';
import { StoreError } from './page-store';
import { type Selector, selects } from './selector';
import type { StoreReader } from './store-reader';

export interface ListTools {
  readonly index: Pick<IndexReader, 'list'>;
  readonly store: Pick<StoreReader, 'holdsPage' | 'nodeOf'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

// Rows that are looked at for one answer: some four megabytes of the table, and a second or two.
const MOST_SCANNED = 20_000;
// Lambda's limit for an answer is 6 MB.
const MOST_BYTES = 4_000_000;
// Rows that are read at once from each of the partitions, of which there are 64.
const [LEAST_BATCH, MOST_BATCH] = [10, 250];

/** Lists pages that the index knows and whose lifetime is not over, a part at a time. */
export async function listPages(
  { filter, limit, after }: Extract<InspectRequest, { kind: 'pages' }>,
  { index, store, now }: ListTools,
): Promise<PageList> {
  const selectors = selectorsOf(filter);
  const search = filter.search?.toLowerCase();
  const wanted = (row: PageRow) =>
    row.storedUntil * 1000 > now() &&
    // A tag's row does not name its tags.
    selectors.every((selector) => selector.kind === 'tag' || selects(selector, row)) &&
    (search === undefined || `${row.host}${row.path}?${row.query}`.toLowerCase().includes(search));
  const batch = search === undefined ? Math.min(Math.max(Math.ceil(limit / 8), LEAST_BATCH), MOST_BATCH) : MOST_BATCH;
  const pages: ListedPage[] = [];
  let [scanned, bytes, last] = [0, 0, after];
  for await (const { place, row } of index.list(selectors[0] ?? { kind: 'everything' }, after, batch)) {
    if (pages.length === limit || scanned === MOST_SCANNED || bytes > MOST_BYTES) {
      return { pages: await withStored(pages, store), scanned, next: cursorOf(last) };
    }
    scanned += 1;
    last = place;
    if (!wanted(row)) continue;
    const page = listed(row, filter, store, now());
    bytes += JSON.stringify(page).length;
    pages.push(page);
  }
  return { pages: await withStored(pages, store), scanned };
}

function withStored(pages: readonly ListedPage[], store: ListTools['store']): Promise<ListedPage[]> {
  return Promise.all(
    pages.map(async (page) => {
      const stored = await store.holdsPage(page.key).catch((error: unknown) => {
        if (error instanceof StoreError) return undefined;
        throw error;
      });
      return stored === undefined ? page : { ...page, stored };
    }),
  );
}

/** The one that selects fewest first: it is what is read. */
function selectorsOf({ host, prefix, tag }: ListFilter): Selector[] {
  return [
    ...(tag === undefined ? [] : [{ kind: 'tag', tag } as const]),
    ...(prefix === undefined ? [] : [{ kind: 'prefix', host: prefix.host, path: prefix.path } as const]),
    ...(host === undefined ? [] : [{ kind: 'host', host } as const]),
  ];
}

function listed(row: PageRow, { tag }: ListFilter, store: ListTools['store'], now: number): ListedPage {
  const { key, scheme, host, path, query, variants, tags } = row;
  return {
    ...{ key, node: store.nodeOf(key), scheme, host, path, query, variants },
    tags: tag === undefined ? tags : [tag],
    freshSeconds: row.storedUntil - Math.floor(now / 1000),
  };
}
