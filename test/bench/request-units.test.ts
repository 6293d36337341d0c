import { itemSize, readUnits, requestUnits, writeUnits } from '../../bench/request-units';

// 'pk' and 'page#s#1', 'sk' and 'a/ k': 2 + 8 + 2 + 4 bytes.
const KEY = { pk: { S: 'page#s#1' }, sk: { S: 'a/ k' } };
// With 'text' and its value as many bytes as asked for.
const itemOf = (bytes: number) => ({ ...KEY, text: { S: 'x'.repeat(bytes - 20) } });
const metadata = { $metadata: {} };

test.each([
  ['names and texts', KEY, 16],
  ['what UTF-8 makes of them', { ü: { S: '€' } }, 5],
  ['two digits of a number in a byte, and one more', { n: { N: '1234567' } }, 6],
  ['a number without the zeros at its ends', { n: { N: '-0.01200' } }, 3],
  ['zero', { n: { N: '0' } }, 2],
  ['the members of a set', { tags: { SS: ['news', 'a'] } }, 9],
])('an item is as large as %s', (_, item, bytes) => {
  expect(itemSize(item)).toBe(bytes);
});

test('fails on an attribute whose size it does not know', () => {
  expect(() => itemSize({ list: { L: [] } })).toThrow('the size of L is not known here');
});

test('units begin at one and are rounded up', () => {
  expect([0, 1, 4096, 4097, 8192].map((bytes) => readUnits(bytes, true))).toEqual([1, 1, 1, 2, 2]);
  expect([0, 1, 1024, 1025, 2048].map(writeUnits)).toEqual([1, 1, 1, 2, 2]);
});

test('an eventually consistent read costs half', () => {
  expect(readUnits(4097)).toBe(1);
});

test('a Query rounds up the sum of its items', () => {
  const query = (count: number) =>
    requestUnits({
      name: 'Query',
      input: { TableName: 'table', ConsistentRead: true },
      output: { Items: Array.from({ length: count }, () => itemOf(1000)), ...metadata },
    });

  expect([query(0), query(4), query(5)]).toEqual([1, 1, 2].map((read) => ({ read, write: 0 })));
});

test('fails on a Query whose answer is not what was read', () => {
  const input = { TableName: 'table', FilterExpression: 'a = b' };

  expect(() => requestUnits({ name: 'Query', input, output: metadata })).toThrow('filter or projection');
});

test('a BatchGetItem rounds up every item, and counts those that are missing but not those that are left for later', () => {
  const input = { RequestItems: { table: { ConsistentRead: true, Keys: [KEY, KEY, KEY, KEY] } } };
  const output = {
    Responses: { table: [itemOf(100), itemOf(5000)] },
    UnprocessedKeys: { table: { Keys: [KEY] } },
    ...metadata,
  };

  // One of 100 bytes, one of 5000, one missing.
  expect(requestUnits({ name: 'BatchGetItem', input, output })).toEqual({ read: 1 + 2 + 1, write: 0 });
});

test('a BatchWriteItem rounds up every item, but for those that are left for later', () => {
  const put = (bytes: number) => ({ PutRequest: { Item: itemOf(bytes) } });
  const input = { RequestItems: { table: [put(100), put(1500), put(3000)] } };
  const output = { UnprocessedItems: { table: [put(3000)] }, ...metadata };

  expect(requestUnits({ name: 'BatchWriteItem', input, output })).toEqual({ read: 0, write: 1 + 2 });
});

test('a PutItem and an UpdateItem cost their whole item', () => {
  const Item = itemOf(1500);

  expect(requestUnits({ name: 'PutItem', input: { TableName: 'table', Item } })).toEqual({ read: 0, write: 2 });
  expect(requestUnits({ name: 'UpdateItem', item: Item })).toEqual({ read: 0, write: 2 });
});
