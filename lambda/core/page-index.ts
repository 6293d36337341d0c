/** Where a page is found again when it is to be purged. */
export interface PageRow {
  readonly host: string;
  /** The canonical path, percent-encoded as the origin sees it. */
  readonly path: string;
  /** The canonical query, without `?`. */
  readonly query: string;
  readonly key: string;
}

/** What a purge selects. `url` is every variant and query string of one page address. */
export type Selector =
  { readonly kind: 'url'; readonly host: string; readonly path: string } | { readonly kind: 'everything' };

/** What a fill remembers of the journal and the node registry before it renders. */
export interface FillStart {
  /** The last number of each journal that can select the page; opaque. */
  readonly position: unknown;
  /** Nodes that ever held pages of this site, as `host:port`. */
  readonly nodes: ReadonlySet<string>;
}

/** One purge as the journal keeps it. */
export interface JournalEntry {
  readonly id: string;
  readonly selectors: readonly Selector[];
  /** Who asked: a caller or an event source. */
  readonly caller: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The index of stored pages, the journal of purges and the registry of nodes. Every read that the protocol depends on is
 * strongly consistent. Every call throws `IndexError` when the table does not answer.
 */
export interface PageIndex {
  /** Step 1 of a fill: the journal's last numbers and the known nodes. */
  startFill(page: Pick<PageRow, 'host' | 'path'>): Promise<FillStart>;
  registerNode(node: string): Promise<void>;
  /** Step 4 of a fill: the page's rows, with a constant life, however long the page itself lives. */
  addRows(page: PageRow): Promise<void>;
  /** Step 5 of a fill: whether an entry since `start` selects the page, or a number has no entry yet. */
  purgedSince(start: FillStart, page: Pick<PageRow, 'host' | 'path'>): Promise<boolean>;
  /** Step 1 of a purge: takes the next number of each journal concerned, then puts the entry under it. */
  record(entry: JournalEntry): Promise<void>;
  /** Step 2 of a purge: the rows that a selector selects, streamed in batches. */
  select(selector: Selector): AsyncIterable<PageRow[]>;
  /** Every node that ever held pages of this site. */
  nodes(): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

/** The table did not answer as it should within its deadline. */
export class IndexError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IndexError';
  }
}
