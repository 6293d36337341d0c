import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { IndexError } from '../../core/page-index';
import type { RowKey } from './rows';

/** A row as DynamoDB returns it. */
export type Row = Record<string, AttributeValue>;

/** One DynamoDB table: strongly consistent reads, a deadline on every call, and every failure an `IndexError`. */
export class Table {
  public constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
  ) {}

  public async put(key: RowKey, attributes: Row, deadline: number): Promise<void> {
    const Item = { pk: { S: key.pk }, sk: { S: key.sk }, ...attributes };
    await this.call('put', deadline, (options) =>
      this.client.send(new PutItemCommand({ TableName: this.name, Item }), options),
    );
  }

  public async update(
    key: RowKey,
    change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
    deadline: number,
  ): Promise<Row> {
    const input = { TableName: this.name, Key: { pk: { S: key.pk }, sk: { S: key.sk } }, ...change };
    const { Attributes } = await this.call('update', deadline, (options) =>
      this.client.send(new UpdateItemCommand(input), options),
    );
    return Attributes ?? {};
  }

  /** The rows that exist of several, by `pk` and `sk`. */
  public async get(keys: readonly RowKey[], deadline: number): Promise<Row[]> {
    const rows: Row[] = [];
    let request = {
      [this.name]: { ConsistentRead: true, Keys: keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } })) },
    };
    return this.call('get', deadline, async (options) => {
      for (;;) {
        const { Responses, UnprocessedKeys } = await this.client.send(
          new BatchGetItemCommand({ RequestItems: request }),
          options,
        );
        rows.push(...(Responses?.[this.name] ?? []));
        const Keys = UnprocessedKeys?.[this.name]?.Keys as (typeof request)[string]['Keys'] | undefined;
        if (Keys === undefined || Keys.length === 0) return rows;
        request = { [this.name]: { ConsistentRead: true, Keys } };
      }
    });
  }

  /** The rows of one partition by a condition on the sort key, page by page; the deadline is each page's. */
  public async *query(pk: string, condition: string, value: string, deadline: number): AsyncGenerator<Row[]> {
    const input: QueryCommandInput = {
      TableName: this.name,
      ConsistentRead: true,
      KeyConditionExpression: value === '' ? 'pk = :pk' : `pk = :pk AND ${condition}`,
      ExpressionAttributeValues: { ':pk': { S: pk }, ...(value === '' ? {} : { ':sk': { S: value } }) },
    };
    let ExclusiveStartKey: Row | undefined;
    do {
      const page = await this.call('query', deadline, (options) =>
        this.client.send(new QueryCommand({ ...input, ExclusiveStartKey }), options),
      );
      yield page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  public close(): void {
    this.client.destroy();
  }

  private async call<T>(
    what: string,
    deadline: number,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
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
