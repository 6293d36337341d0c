import { type DynamoDBClient, GetItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Call, type RequestUnits, requestUnits } from './request-units';

const COUNTED: readonly string[] = ['BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query', 'UpdateItem'];

/** Counts the request units of what a client sends. */
export class UnitCounter {
  private read = 0;
  private write = 0;

  /**
   * Begins to count.
   *
   * @param reader another client, for looks that are not counted: an update's answer has not the whole item.
   */
  public constructor(
    client: DynamoDBClient,
    private readonly reader: DynamoDBClient,
  ) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const name = commandName.replace(/Command$/, '');
          // What is not counted must not look free.
          if (!COUNTED.includes(name)) throw new Error(`the units of ${name} are not counted`);
          const answer = await next(args);
          this.add(requestUnits(await this.callOf(name, args.input, answer.output)));
          return answer;
        },
      { step: 'initialize', name: 'countUnits' },
    );
  }

  /** The units of some work, while which nothing else may use the client. */
  public async unitsOf(work: () => Promise<unknown>): Promise<RequestUnits> {
    const before = { read: this.read, write: this.write };
    await work();
    return { read: this.read - before.read, write: this.write - before.write };
  }

  private add({ read, write }: RequestUnits): void {
    this.read += read;
    this.write += write;
  }

  private async callOf(name: string, input: unknown, output: unknown): Promise<Call> {
    if (name !== 'UpdateItem') {
      return { name, input, output } as Call;
    }
    const { TableName, Key } = input as UpdateItemCommandInput;
    const { Item = {} } = await this.reader.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return { name, item: Item };
  }
}
