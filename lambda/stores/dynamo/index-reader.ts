import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IndexReader, ListedRow, TableSize } from '../../core/index-reader';
import { mergeSorted } from '../../core/merge-sorted';
import type { NodeRegistry, PageRow, PurgeRecord } from '../../core/page-index';
import type { Selector } from '../../core/selector';
import { DynamoPageIndex } from './page-index';
import { toPageRow } from './page-row';
import { type RowRange, SiteRows } from './rows';
import { Table } from './table';

export interface DynamoIndexReaderOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly site: string;
  /** Milliseconds for each call. @default 5000 */
  readonly timeout?: number;
}

/** A site's table for somebody who only looks: Query, BatchGetItem and DescribeTable are all that it asks for. */
export class DynamoIndexReader implements IndexReader {
  private readonly index: DynamoPageIndex;
  private readonly table: Table;
  private readonly rows: SiteRows;
  private readonly timeout: number;

  public constructor({ client, tableName, site, timeout = 5000 }: DynamoIndexReaderOptions) {
    this.index = new DynamoPageIndex({ client, tableName, site, rowLife: 0, purgeTimeout: timeout });
    this.table = new Table(client, tableName);
    this.rows = new SiteRows(site);
    this.timeout = timeout;
  }

  public nodes(): Promise<NodeRegistry> {
    return this.index.nodes();
  }

  public purges(day: string): AsyncIterable<PurgeRecord[]> {
    return this.index.purges(day);
  }

  public select(selector: Selector): AsyncIterable<PageRow[]> {
    return this.index.select(selector);
  }

  public list(selector: Selector, after: string, batch: number): AsyncIterable<ListedRow> {
    const ranges = this.rows.selected(selector).filter((range) => !isBefore(range, after));
    return mergeSorted(
      ranges.map((range) => () => this.read(range, after, batch)),
      ({ place }) => place,
    );
  }

  public size(): Promise<TableSize> {
    return this.table.size(this.timeout);
  }

  public close(): Promise<void> {
    return this.index.close();
  }

  private async *read({ pk, prefix }: RowRange, after: string, batch: number): AsyncGenerator<ListedRow[]> {
    // DynamoDB takes only a place that the condition holds for.
    const options = { limit: batch, ...(after !== '' && after.startsWith(prefix) ? { after } : {}) };
    for await (const rows of this.table.query(pk, 'begins_with(sk, :sk)', prefix, this.timeout, options)) {
      yield rows.map((row) => ({ place: row.sk?.S ?? '', row: toPageRow(row) }));
    }
  }
}

/** Whether all rows of a range come before a place. */
function isBefore({ prefix }: RowRange, place: string): boolean {
  return prefix < place && !place.startsWith(prefix);
}
