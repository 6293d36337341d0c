import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { PageLabels, Selector } from './selector';

/** A stored page as the index knows it: what it takes to find it, and to render it again. */
export interface PageRow extends CanonicalRequest {
  readonly tags: readonly string[];
  /** When the page itself expires, in seconds since 1970; its row lives on. */
  readonly storedUntil: number;
}

/** The nodes that pages of this site were put on, as `host:port`. */
export interface NodeRegistry {
  readonly nodes: ReadonlySet<string>;
  /** Nodes that were gone when a purge was acknowledged: before one is used again, it has to be emptied. */
  readonly missed: ReadonlySet<string>;
  /** How often a node was found gone. */
  readonly misses: number;
  /** The key specs by which pages were stored without an index, as JSON. */
  readonly keySpecs: ReadonlySet<string>;
}

/** What a fill remembers of the journal and the node registry before it renders. */
export interface FillStart extends NodeRegistry {
  /** The last number of each journal that can select the page; opaque. */
  readonly position: unknown;
}

/** One purge as the journal keeps it. */
export interface JournalEntry {
  readonly id: string;
  readonly selectors: readonly Selector[];
  readonly mode: 'delete' | 'refresh';
  /** Who asked: a caller or an event source. Undefined for what visitors bring about, which the audit does not keep. */
  readonly caller: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What became of a purge. */
export interface PurgeResult {
  readonly purged: boolean;
  readonly pages: { readonly found: number; readonly removed: number; readonly refreshed: number };
  readonly durationMs: number;
  /** The nodes that did not answer, each with its reason. */
  readonly failed: readonly string[];
}

/** A purge as the audit keeps it for 30 days. */
export interface PurgeRecord extends Omit<JournalEntry, 'selectors' | 'caller'> {
  readonly caller: string;
  /** What was selected, as JSON; of very many selectors the first ones. */
  readonly selected: string;
  /** Undefined while the purge runs, and when it was interrupted. */
  readonly result?: PurgeResult;
}

/**
 * The index of stored pages, the journal of purges and the registry of nodes. Every read that the protocol depends on is
 * strongly consistent. Every call throws `IndexError` when the table does not answer.
 */
export interface PageIndex {
  /** Step 1 of a fill: the journal's last numbers and the known nodes. */
  startFill(page: Pick<PageRow, 'host' | 'path'>): Promise<FillStart>;
  registerNode(node: string): Promise<void>;
  /** Remembers a key spec, as JSON: without rows, pages are found by their keys alone. */
  registerKeySpec(spec: string): Promise<void>;
  /** Step 4 of a fill: the page's rows, with a constant life, however long the page itself lives. */
  addRows(page: PageRow): Promise<void>;
  /** Step 5 of a fill: whether an entry since `start` selects the page, or a number has no entry yet. */
  purgedSince(start: FillStart, page: PageLabels): Promise<boolean>;
  /** Step 1 of a purge: takes the next numbers of each journal concerned, then puts the entries under them. */
  record(entry: JournalEntry): Promise<void>;
  /** Step 2 of a purge: the rows that a selector selects, streamed in batches. */
  select(selector: Selector): AsyncIterable<PageRow[]>;
  /** The last step of a purge: its result, for the audit. */
  finish(entry: JournalEntry, result: PurgeResult): Promise<void>;
  /** The purges that began on one day (UTC, `2026-03-01`), the newest first. */
  purges(day: string): AsyncIterable<PurgeRecord[]>;
  /** Every node that ever held pages of this site. */
  nodes(): Promise<NodeRegistry>;
  /** Remembers that a node is gone and missed a purge. */
  missNode(node: string): Promise<void>;
  /** Remembers that a node has been emptied. False when some node was found gone after `misses`: it may be this one. */
  admitNode(node: string, misses: number): Promise<boolean>;
  close(): Promise<void>;
}

/** The table did not answer as it should within its deadline. */
export class IndexError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IndexError';
  }
}
