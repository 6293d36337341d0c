import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type FillStart,
  IndexError,
  type JournalEntry,
  type NodeRegistry,
  type PageIndex,
  type PageRow,
  type PurgeRecord,
  type PurgeResult,
} from '../../core/page-index';
import { merge } from '../../core/merge';
import { type PageLabels, type Selector, selects } from '../../core/selector';
import { Journal } from './journal';
import { fromPageRow, toPageRow, toPurgeRecord } from './page-row';
import { JOURNAL_LIFE, SiteRows, SORT_KEY_LIMIT } from './rows';
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

// Partitions that are read at once: enough to hide the round trips, few enough for one connection pool.
const QUERIES_AT_ONCE = 16;
// The audit's copy of what was selected; a row holds 400 kB.
const AUDITED_SELECTORS = 100;
const AUDITED_BYTES = 50_000;

/** The index, journal and node registry in one DynamoDB table (`pk`, `sk`, time to live in `expires`). */
export class DynamoPageIndex implements PageIndex {
  private readonly table: Table;
  private readonly rows: SiteRows;
  private readonly journal: Journal;
  private readonly rowLife: number;
  private readonly now: () => number;
  private readonly fillTimeout: number;
  private readonly purgeTimeout: number;

  public constructor(options: DynamoPageIndexOptions) {
    const { client, tableName, site, rowLife, now = Date.now, fillTimeout = 1000, purgeTimeout = 5000 } = options;
    this.table = new Table(client, tableName);
    this.rows = new SiteRows(site);
    this.journal = new Journal(this.table, this.rows, now);
    this.rowLife = rowLife;
    this.now = now;
    this.fillTimeout = fillTimeout;
    this.purgeTimeout = purgeTimeout;
  }

  public async startFill(page: Pick<PageRow, 'host' | 'path'>): Promise<FillStart> {
    const rows = await this.table.get([...this.journal.sequences(page), this.rows.registry], this.fillTimeout);
    return { position: this.journal.position(page, rows), ...this.registryIn(rows) };
  }

  public registerNode(node: string): Promise<void> {
    return this.register('nodes', node);
  }

  public registerKeySpec(spec: string): Promise<void> {
    return this.register('keySpecs', spec);
  }

  public async addRows(page: PageRow): Promise<void> {
    const key = this.rows.page(page);
    if (Buffer.byteLength(key.sk) > SORT_KEY_LIMIT) {
      throw new IndexError(
        `host, path and key of an indexed page must be ${SORT_KEY_LIMIT} bytes together, got ${Buffer.byteLength(key.sk)}`,
      );
    }
    const attributes = { ...fromPageRow(page), expires: this.after(this.rowLife) };
    const tagged = {
      ...fromPageRow({ ...page, tags: [] }),
      host: { S: page.host },
      path: { S: page.path },
      expires: attributes.expires,
    };
    const rows = [[key, attributes] as const, ...this.rows.tags(page).map((tag) => [tag, tagged] as const)];
    await this.table.putAll(rows, this.fillTimeout);
  }

  public purgedSince(start: FillStart, page: PageLabels): Promise<boolean> {
    return this.journal.selectedSince(start.position as number[], page, this.fillTimeout);
  }

  public async record(entry: JournalEntry): Promise<void> {
    await Promise.all([this.journal.record(entry, this.purgeTimeout), this.audit(entry)]);
  }

  public async *select(selector: Selector): AsyncIterable<PageRow[]> {
    // No page has a longer address; and a visitor could make purges fail with one.
    const possible = this.rows.selected(selector).filter(({ prefix }) => Buffer.byteLength(prefix) <= SORT_KEY_LIMIT);
    const ranges = possible.map(
      ({ pk, prefix }) =>
        () =>
          this.table.query(pk, 'begins_with(sk, :sk)', prefix, this.purgeTimeout),
    );
    for await (const rows of merge(ranges, QUERIES_AT_ONCE)) {
      const pages = rows.map(toPageRow);
      // The rows of a tag are those of every host, those of a URL of every query; a tag's row was written under its tag.
      const selected = pages.filter((page) => selector.kind === 'tag' || selects(selector, page));
      const ofHost = selected.filter(({ host }) => !('host' in selector) || selector.host === host);
      if (ofHost.length > 0) yield ofHost;
    }
  }

  public async finish(entry: JournalEntry, result: PurgeResult): Promise<void> {
    await this.audit(entry, result);
  }

  public async *purges(day: string): AsyncIterable<PurgeRecord[]> {
    for await (const rows of this.table.query(this.rows.auditDay(day), '', '', this.purgeTimeout, {
      newestFirst: true,
    })) {
      yield rows.map(toPurgeRecord);
    }
  }

  public async nodes(): Promise<NodeRegistry> {
    return this.registryIn(await this.table.get([this.rows.registry], this.purgeTimeout));
  }

  public async missNode(node: string): Promise<void> {
    const change = {
      UpdateExpression: 'DELETE #nodes :node ADD #missed :node, #misses :one',
      ExpressionAttributeNames: { '#nodes': 'nodes', '#missed': 'missed', '#misses': 'misses' },
      ExpressionAttributeValues: { ':node': { SS: [node] }, ':one': { N: '1' } },
    };
    await this.table.update(this.rows.registry, change, this.purgeTimeout);
  }

  public admitNode(node: string, misses: number): Promise<boolean> {
    const change = {
      UpdateExpression: 'DELETE #missed :node',
      ConditionExpression: '#misses = :misses',
      ExpressionAttributeNames: { '#missed': 'missed', '#misses': 'misses' },
      ExpressionAttributeValues: { ':node': { SS: [node] }, ':misses': { N: String(misses) } },
    };
    return this.table.updateIf(this.rows.registry, change, this.purgeTimeout);
  }

  public close(): Promise<void> {
    this.table.close();
    return Promise.resolve();
  }

  private async register(names: 'nodes' | 'keySpecs', name: string): Promise<void> {
    const change = {
      UpdateExpression: 'ADD #names :name',
      ExpressionAttributeNames: { '#names': names },
      ExpressionAttributeValues: { ':name': { SS: [name] } },
    };
    await this.table.update(this.rows.registry, change, this.fillTimeout);
  }

  private registryIn(rows: readonly Row[]): NodeRegistry {
    const row = rows.find(({ pk }) => pk?.S === this.rows.registry.pk);
    return {
      nodes: new Set(row?.nodes?.SS),
      missed: new Set(row?.missed?.SS),
      misses: Number(row?.misses?.N ?? 0),
      keySpecs: new Set(row?.keySpecs?.SS),
    };
  }

  private async audit({ selectors, ...entry }: JournalEntry, result?: PurgeResult): Promise<void> {
    if (entry.caller === undefined) {
      return;
    }
    const selected = JSON.stringify(selectors.slice(0, AUDITED_SELECTORS)).slice(0, AUDITED_BYTES);
    const attributes = {
      id: { S: entry.id },
      caller: { S: entry.caller },
      mode: { S: entry.mode },
      at: { N: String(entry.at) },
      selected: { S: selected },
      expires: this.after(JOURNAL_LIFE),
      ...(result === undefined ? {} : { result: { S: JSON.stringify(result) } }),
    };
    await this.table.put(this.rows.audit(entry), attributes, this.purgeTimeout);
  }

  private after(seconds: number): { N: string } {
    return { N: String(Math.floor(this.now() / 1000) + seconds) };
  }
}
