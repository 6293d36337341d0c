import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { progressOf, type WarmBeginning, type WarmLog, type WarmProgress } from '../../core/warm-log';
import type { WarmResult } from '../../core/warm-result';
import { JOURNAL_LIFE, type RowKey, warmRows } from './rows';
import { type Row, Table } from './table';

export interface DynamoWarmLogOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly site: string;
  /** Milliseconds since 1970. @default - the system's clock */
  readonly now?: () => number;
}

const BEGINNING = 'warm';
const PLANNED = 'planned ';
const DONE = 'done ';
// Milliseconds for each call; nobody waits for it.
const TIMEOUT = 5000;

/** The log of warms in a site's table: a row for its beginning and two for each part, in a partition for each warm. */
export class DynamoWarmLog implements WarmLog {
  private readonly table: Table;
  private readonly rows: (warm: string) => string;
  private readonly now: () => number;

  public constructor({ client, tableName, site, now = Date.now }: DynamoWarmLogOptions) {
    this.table = new Table(client, tableName);
    this.rows = (warm) => warmRows(site, warm);
    this.now = now;
  }

  public async begin({ warm, at, caller }: WarmBeginning): Promise<void> {
    const attributes = { at: { N: String(at) }, caller: { S: caller }, expires: this.expires };
    await this.table.put(this.key(warm, BEGINNING), attributes, TIMEOUT);
  }

  public async plan(warm: string, parts: readonly string[]): Promise<void> {
    const rows = parts.map((part) => [this.key(warm, PLANNED + part), { expires: this.expires }] as const);
    await this.table.putAll(rows, TIMEOUT);
  }

  public async isDone(warm: string, part: string): Promise<boolean> {
    return (await this.table.get([this.key(warm, DONE + part)], TIMEOUT)).length > 0;
  }

  public async finish(warm: string, part: string, result: WarmResult): Promise<void> {
    const change = {
      UpdateExpression: 'SET #result = :result, #expires = :expires',
      ConditionExpression: 'attribute_not_exists(#result)',
      ExpressionAttributeNames: { '#result': 'result', '#expires': 'expires' },
      ExpressionAttributeValues: { ':result': { S: JSON.stringify(result) }, ':expires': this.expires },
    };
    await this.table.updateIf(this.key(warm, DONE + part), change, TIMEOUT);
  }

  public async read(warm: string): Promise<WarmProgress | undefined> {
    let beginning: WarmBeginning | undefined;
    const planned: string[] = [];
    const done = new Map<string, WarmResult>();
    for await (const rows of this.table.query(this.rows(warm), '', '', TIMEOUT)) {
      for (const row of rows) {
        const sk = row.sk?.S ?? '';
        if (sk === BEGINNING) beginning = toBeginning(warm, row);
        else if (sk.startsWith(PLANNED)) planned.push(sk.slice(PLANNED.length));
        else done.set(sk.slice(DONE.length), JSON.parse(row.result?.S ?? '') as WarmResult);
      }
    }
    return beginning && progressOf(beginning, planned, done);
  }

  private key(warm: string, sk: string): RowKey {
    return { pk: this.rows(warm), sk };
  }

  private get expires(): { N: string } {
    return { N: String(Math.floor(this.now() / 1000) + JOURNAL_LIFE) };
  }
}

function toBeginning(warm: string, { at, caller }: Row): WarmBeginning {
  return { warm, at: Number(at?.N), caller: caller?.S ?? '' };
}
