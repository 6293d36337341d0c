import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type FillStart,
  IndexError,
  type JournalEntry,
  type PageIndex,
  type PageRow,
  type Selector,
} from '../../core/page-index';
import { entrySortKey, JOURNAL_LIFE, type RowKey, SEQUENCE, SiteRows, SORT_KEY_LIMIT } from './rows';
import { type Row, Table } from './table';

export interface DynamoPageIndexOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly site: string;
  /** Seconds that page rows live: at least as long as any page of the site. */
  readonly rowLife: number;
  /** Milliseconds since 1970. @default - the system's clock */
  readonly now?: () => number;
  /** Milliseconds for each call that a visitor waits for. @default 1000 */
  readonly fillTimeout?: number;
  /** Milliseconds for each call of a purge. @default 5000 */
  readonly purgeTimeout?: number;
}

/** The index, journal and node registry in one DynamoDB table (`pk`, `sk`, time to live in `expires`). */
export class DynamoPageIndex implements PageIndex {
  private readonly table: Table;
  private readonly rows: SiteRows;
  private readonly rowLife: number;
  private readonly now: () => number;
  private readonly fillTimeout: number;
  private readonly purgeTimeout: number;

  public constructor({
    client,
    tableName,
    site,
    rowLife,
    now = Date.now,
    fillTimeout = 1000,
    purgeTimeout = 5000,
  }: DynamoPageIndexOptions) {
    this.table = new Table(client, tableName);
    this.rows = new SiteRows(site);
    this.rowLife = rowLife;
    this.now = now;
    this.fillTimeout = fillTimeout;
    this.purgeTimeout = purgeTimeout;
  }

  public async startFill(page: Pick<PageRow, 'host' | 'path'>): Promise<FillStart> {
    const journals = this.journalsOf(page);
    const rows = await this.table.get([...journals.map(sequenceKey), this.rows.nodes], this.fillTimeout);
    const last = (pk: string) => Number(rows.find((row) => row.pk?.S === pk)?.last?.N ?? 0);
    const nodes = rows.find((row) => row.pk?.S === this.rows.nodes.pk)?.names?.SS ?? [];
    return { position: journals.map(last), nodes: new Set(nodes) };
  }

  public async registerNode(node: string): Promise<void> {
    const change = {
      UpdateExpression: 'ADD #names :node',
      ExpressionAttributeNames: { '#names': 'names' },
      ExpressionAttributeValues: { ':node': { SS: [node] } },
    };
    await this.table.update(this.rows.nodes, change, this.fillTimeout);
  }

  public async addRows(page: PageRow): Promise<void> {
    const key = this.rows.page(page);
    if (Buffer.byteLength(key.sk) > SORT_KEY_LIMIT) {
      throw new IndexError(
        `host, path and key of an indexed page must be ${SORT_KEY_LIMIT} bytes together, got ${Buffer.byteLength(key.sk)}`,
      );
    }
    await this.table.put(key, { query: { S: page.query }, expires: this.after(this.rowLife) }, this.fillTimeout);
  }

  public async purgedSince(start: FillStart, page: Pick<PageRow, 'host' | 'path'>): Promise<boolean> {
    const numbers = start.position as number[];
    const news = await Promise.all(this.journalsOf(page).map((pk, i) => this.hasNews(pk, numbers[i] ?? 0)));
    return news.includes(true);
  }

  public async record(entry: JournalEntry): Promise<void> {
    const journals = new Set(entry.selectors.map((selector) => this.rows.journal(selector)));
    for (const pk of journals) {
      const change = {
        UpdateExpression: 'ADD #last :one',
        ExpressionAttributeNames: { '#last': 'last' },
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      } as const;
      const { last } = await this.table.update(sequenceKey(pk), change, this.purgeTimeout);
      await this.table.put({ pk, sk: entrySortKey(Number(last?.N)) }, this.entryAttributes(entry), this.purgeTimeout);
    }
  }

  public async *select(selector: Selector): AsyncIterable<PageRow[]> {
    for (const { pk, prefix } of this.rows.selected(selector)) {
      for await (const rows of this.table.query(pk, 'begins_with(sk, :sk)', prefix, this.purgeTimeout)) {
        if (rows.length > 0) yield rows.map(toPageRow);
      }
    }
  }

  public async nodes(): Promise<ReadonlySet<string>> {
    const [row] = await this.table.get([this.rows.nodes], this.purgeTimeout);
    return new Set(row?.names?.SS ?? []);
  }

  public close(): Promise<void> {
    this.table.close();
    return Promise.resolve();
  }

  // The site's journal has no entry that does not select every page, a URL's journal none that does not select this one.
  private async hasNews(pk: string, number: number): Promise<boolean> {
    for await (const rows of this.table.query(pk, 'sk > :sk', entrySortKey(number), this.fillTimeout)) {
      // A number that is taken and whose entry is not there yet belongs to a purge that is just beginning.
      if (rows.some((row) => row.sk?.S !== SEQUENCE || Number(row.last?.N) > number)) return true;
    }
    return false;
  }

  private journalsOf({ host, path }: Pick<PageRow, 'host' | 'path'>): string[] {
    return [this.rows.journal({ kind: 'everything' }), this.rows.journal({ kind: 'url', host, path })];
  }

  private entryAttributes({ id, selectors, caller, at }: JournalEntry): Row {
    // A row holds 400 kB at most: of very many URLs the audit keeps the first hundred, and the first 50 kB of them.
    const kept = JSON.stringify(selectors.slice(0, 100)).slice(0, 50_000);
    return {
      id: { S: id },
      selectors: { S: kept },
      caller: { S: caller },
      at: { N: String(at) },
      expires: this.after(JOURNAL_LIFE),
    };
  }

  private after(seconds: number): { N: string } {
    return { N: String(Math.floor(this.now() / 1000) + seconds) };
  }
}

function sequenceKey(pk: string): RowKey {
  return { pk, sk: SEQUENCE };
}

function toPageRow(row: Row): PageRow {
  const [address, key] = (row.sk?.S ?? '').split(' ') as [string, string];
  const slash = address.indexOf('/');
  return { host: address.slice(0, slash), path: address.slice(slash), query: row.query?.S ?? '', key };
}
