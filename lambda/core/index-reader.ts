import type { PageIndex, PageRow } from './page-index';
import type { Selector } from './selector';

/** A row, and its place in the order of a list. */
export interface ListedRow {
  readonly place: string;
  readonly row: PageRow;
}

/** How large a table is, as DynamoDB counted it last: about every six hours. */
export interface TableSize {
  /** Rows of every kind: of pages, of tags, of purges. */
  readonly rows: number;
  readonly bytes: number;
}

/** The index for somebody who only looks. Every call throws `IndexError` when the table does not answer. */
export interface IndexReader extends Pick<PageIndex, 'nodes' | 'purges' | 'select'> {
  /**
   * The rows that a selector selects, in the order of their places: of hosts and paths, of a tag's pages of their keys.
   *
   * @param after the place behind which the list begins; before all of them with ''.
   * @param batch how many rows are read at once from each partition.
   */
  list(selector: Selector, after: string, batch: number): AsyncIterable<ListedRow>;
  size(): Promise<TableSize>;
}
