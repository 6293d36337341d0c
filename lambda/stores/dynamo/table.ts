import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { TableSize } from '../../core/index-reader';
import { IndexError } from '../../core/page-index';
import type { RowKey } from './rows';

/** A row as DynamoDB returns it. */
export type Row = Record<string, AttributeValue>;

type Change = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

interface QueryOptions {
  /** In descending order of the sort key. */
  readonly newestFirst?: boolean;
  readonly limit?: number;
  readonly after?: string;
}

type Options = { readonly abortSignal: AbortSignal };

// DynamoDB's limit for one BatchWriteItem.
const BATCH = 25;
const FIRST_PAUSE = 10;
// Rows of an answer, some 120 kB: many are read at once, and an answer may have 1 MB otherwise.
const QUERY_LIMIT = 500;

/** One DynamoDB table: strongly consistent reads, a deadline on every call, and every failure an `IndexError`. */
export class Table {
  public constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
  ) {}

  public async put(key: RowKey, attributes: Row, deadline: number): Promise<void> {
    const Item = { ...attributesOf(key), ...attributes };
    await this.call('put', deadline, (options) =>
      this.client.send(new PutItemCommand({ TableName: this.name, Item }), options),
    );
  }

  /** Puts rows, in any order; when it returns, all of them are there. */
  public async putAll(rows: readonly (readonly [RowKey, Row])[], deadline: number): Promise<void> {
    const puts = rows.map(([key, attributes]) => ({ PutRequest: { Item: { ...attributesOf(key), ...attributes } } }));
    const batches = Array.from({ length: Math.ceil(puts.length / BATCH) }, (_, i) =>
      puts.slice(i * BATCH, (i + 1) * BATCH),
    );
    const put = (batch: typeof puts) =>
      this.call('batch of puts', deadline, (options) =>
        untilDone(batch, options, async (left) => {
          const input = { RequestItems: { [this.name]: left } };
          const { UnprocessedItems } = await this.client.send(new BatchWriteItemCommand(input), options);
          return (UnprocessedItems?.[this.name] ?? []) as typeof puts;
        }),
      );
    await Promise.all(batches.map(put));
  }

  public async update(key: RowKey, change: Change, deadline: number): Promise<Row> {
    const input = { TableName: this.name, Key: attributesOf(key), ...change };
    const { Attributes } = await this.call('update', deadline, (options) =>
      this.client.send(new UpdateItemCommand(input), options),
    );
    return Attributes ?? {};
  }

  /** Changes a row if a condition holds; false where it does not. */
  public async updateIf(
    key: RowKey,
    change: Change & { ConditionExpression: string },
    deadline: number,
  ): Promise<boolean> {
    try {
      await this.update(key, change, deadline);
      return true;
    } catch (error) {
      if ((error as IndexError).cause instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** The rows that exist of several, by `pk` and `sk`. */
  public async get(keys: readonly RowKey[], deadline: number): Promise<Row[]> {
    const rows: Row[] = [];
    await this.call('get', deadline, (options) =>
      untilDone(keys.map(attributesOf), options, async (Keys) => {
        const input = { RequestItems: { [this.name]: { ConsistentRead: true, Keys } } };
        const { Responses, UnprocessedKeys } = await this.client.send(new BatchGetItemCommand(input), options);
        rows.push(...(Responses?.[this.name] ?? []));
        return (UnprocessedKeys?.[this.name]?.Keys ?? []) as typeof Keys;
      }),
    );
    return rows;
  }

  /**
   * The rows of one partition by a condition on the sort key, page by page; the deadline is each page's.
   *
   * @param options the order, how many rows an answer has at most, and the sort key behind which the rows begin.
   */
  public async *query(
    pk: string,
    condition: string,
    value: string,
    deadline: number,
    { newestFirst = false, limit = QUERY_LIMIT, after }: QueryOptions = {},
  ): AsyncGenerator<Row[]> {
    const input: QueryCommandInput = {
      TableName: this.name,
      ConsistentRead: true,
      Limit: limit,
      ScanIndexForward: !newestFirst,
      KeyConditionExpression: value === '' ? 'pk = :pk' : `pk = :pk AND ${condition}`,
      ExpressionAttributeValues: { ':pk': { S: pk }, ...(value === '' ? {} : { ':sk': { S: value } }) },
    };
    let ExclusiveStartKey: Row | undefined = after === undefined ? undefined : attributesOf({ pk, sk: after });
    do {
      const page = await this.call('query', deadline, (options) =>
        this.client.send(new QueryCommand({ ...input, ExclusiveStartKey }), options),
      );
      yield page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  /** How large the table is, as DynamoDB counted it last. */
  public async size(deadline: number): Promise<TableSize> {
    const { Table } = await this.call('description', deadline, (options) =>
      this.client.send(new DescribeTableCommand({ TableName: this.name }), options),
    );
    return { rows: Table?.ItemCount ?? 0, bytes: Table?.TableSizeBytes ?? 0 };
  }

  public close(): void {
    this.client.destroy();
  }

  private async call<T>(what: string, deadline: number, send: (options: Options) => Promise<T>): Promise<T> {
    try {
      return await send({ abortSignal: AbortSignal.timeout(deadline) });
    } catch (cause) {
      throw new IndexError(
        `the table ${this.name} did not answer a ${what} as it should within ${deadline} ms: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
}

/** Sends again what DynamoDB leaves undone of a batch when it is busy, after a pause that doubles. */
async function untilDone<T>(all: T[], options: Options, send: (left: T[]) => Promise<T[]>): Promise<void> {
  let left = await send(all);
  for (let pause = FIRST_PAUSE; left.length > 0; pause *= 2) {
    await sleep(pause, undefined, { signal: options.abortSignal });
    left = await send(left);
  }
}

function attributesOf({ pk, sk }: RowKey): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: pk }, sk: { S: sk } };
}
