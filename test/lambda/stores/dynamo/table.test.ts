import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IndexError } from '../../../../lambda/core/page-index';
import { Table } from '../../../../lambda/stores/dynamo/table';

interface Sent {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** A client that answers what it is told to, one answer after the other, and remembers what was sent. */
function scripted(...answers: object[]) {
  const sent: Sent[] = [];
  const send = (command: { input: Record<string, unknown>; constructor: { name: string } }) => {
    sent.push({ name: command.constructor.name, input: command.input });
    return Promise.resolve(answers.shift() ?? {});
  };
  return { table: new Table({ send } as unknown as DynamoDBClient, 'site'), sent };
}

const key = (sk: string) => ({ pk: 'p', sk });
const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

async function all(pages: AsyncIterable<object[]>): Promise<object[]> {
  const rows: object[] = [];
  for await (const some of pages) rows.push(...some);
  return rows;
}

test('every read is strongly consistent', async () => {
  const { table, sent } = scripted();
  await table.get([key('a')], 1000);
  await all(table.query('p', 'sk > :sk', 'a', 1000));
  expect(sent).toMatchObject([
    { name: 'BatchGetItemCommand', input: { RequestItems: { site: { ConsistentRead: true } } } },
    { name: 'QueryCommand', input: { ConsistentRead: true } },
  ]);
});

test('a query goes on where its last page ended', async () => {
  const { table, sent } = scripted({ Items: [item('a')], LastEvaluatedKey: item('a') }, { Items: [item('b')] });
  expect(await all(table.query('p', 'sk > :sk', '0', 1000))).toEqual([item('a'), item('b')]);
  expect(sent.map(({ input }) => input.ExclusiveStartKey)).toEqual([undefined, item('a')]);
});

test('a page without rows does not end a query', async () => {
  const { table } = scripted({ Items: [], LastEvaluatedKey: item('a') }, { Items: [item('b')] });
  expect(await all(table.query('p', 'sk > :sk', '0', 1000))).toEqual([item('b')]);
});

test('what DynamoDB leaves undone of a read is read again', async () => {
  const { table, sent } = scripted(
    { Responses: { site: [item('a')] }, UnprocessedKeys: { site: { Keys: [item('b')] } } },
    { Responses: { site: [item('b')] } },
  );
  expect(await table.get([key('a'), key('b')], 1000)).toEqual([item('a'), item('b')]);
  expect(sent[1]?.input).toEqual({ RequestItems: { site: { ConsistentRead: true, Keys: [item('b')] } } });
});

test('what DynamoDB leaves undone of a write is written again, before it counts as written', async () => {
  const left = [{ PutRequest: { Item: item('b') } }];
  const { table, sent } = scripted({ UnprocessedItems: { site: left } }, { UnprocessedItems: { site: left } }, {});
  await table.putAll([[key('a'), {}], [key('b'), {}]], 1000); // prettier-ignore
  expect(sent.map(({ input }) => (input.RequestItems as { site: unknown[] }).site)).toEqual([
    [{ PutRequest: { Item: item('a') } }, ...left],
    left,
    left,
  ]);
});

test('many rows are put in batches of 25', async () => {
  const { table, sent } = scripted();
  await table.putAll(
    Array.from({ length: 60 }, (_, i) => [key(String(i)), {}] as const),
    1000,
  );
  expect(sent.map(({ input }) => (input.RequestItems as { site: unknown[] }).site.length)).toEqual([25, 25, 10]);
});

test.each<[string, (table: Table) => Promise<unknown>, object]>([
  ['a read', (table) => table.get([key('a')], 50), { UnprocessedKeys: { site: { Keys: [item('a')] } } }],
  [
    'a write',
    (table) => table.putAll([[key('a'), {}]], 50),
    { UnprocessedItems: { site: [{ PutRequest: { Item: item('a') } }] } },
  ],
])('%s of which something is left undone for too long fails', async (_, call, answer) => {
  const { table } = scripted(...Array.from({ length: 1000 }, () => answer));
  await expect(call(table)).rejects.toThrow(IndexError);
});
