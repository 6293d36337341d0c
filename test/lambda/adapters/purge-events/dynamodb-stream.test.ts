import type { AttributeValue } from 'aws-lambda';
import { readStream } from '../../../../lambda/adapters/purge-events/dynamodb-stream';
import { streamRecord, TABLE_ARN } from '../../purge-events/events';

const OTHER_ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Articles';
const rules = (...tags: string[]) => ({ buckets: {}, tables: { [TABLE_ARN]: { tags }, [OTHER_ARN]: { tags } } });
const tagsOf = (templates: string[], images: Parameters<typeof streamRecord>[1]) =>
  readStream([streamRecord('1', images)], rules(...templates)).tables[0]?.tags;

test.each<[string, AttributeValue, string[]]>([
  ['a text', { S: 'a' }, ['t-a']],
  ['a number', { N: '12.5' }, ['t-12.5']],
  ['a truth', { BOOL: true }, ['t-true']],
  ['a falsehood', { BOOL: false }, ['t-false']],
  ['each text of a set', { SS: ['a', 'b'] }, ['t-a', 't-b']],
  ['each number of a set', { NS: ['1', '2'] }, ['t-1', 't-2']],
  ['no bytes', { B: 'YQ==' }, []],
  ['no list', { L: [{ S: 'a' }] }, []],
  ['no map', { M: { a: { S: 'a' } } }, []],
  ['no null', { NULL: true }, []],
  ['nothing that cannot be a tag', { S: 'two words' }, []],
  ['nothing that is too long for a tag', { S: 'a'.repeat(255) }, []],
  ['no template', { S: '{id}$&' }, ['t-{id}$&']],
])('a placeholder is filled with %s', (_, value, tags) => {
  expect(tagsOf(['t-{x}'], { NewImage: { x: value, id: { S: '1' } } })).toEqual(tags);
});

test('a template needs all its attributes, and gives a tag for each choice of their values', () => {
  const NewImage = { a: { SS: ['1', '2'] }, b: { SS: ['x', 'y'] } };
  expect(tagsOf(['{a}-{b}-{a}', '{a}-{c}', '{constructor}', 'all'], { NewImage })).toEqual([
    '1-x-1',
    '1-y-1',
    '2-x-2',
    '2-y-2',
    'all',
  ]);
});

test('an item is purged as it was and as it is; by its keys only when there is no image', () => {
  const [Keys, NewImage, OldImage] = ['key', 'new', 'old'].map((S) => ({ x: { S } }));
  expect(tagsOf(['{x}'], { Keys, NewImage, OldImage })).toEqual(['new', 'old']);
  expect(tagsOf(['{x}'], { Keys, OldImage })).toEqual(['old']);
  expect(tagsOf(['{x}'], { Keys, NewImage })).toEqual(['new']);
  expect(tagsOf(['{x}'], { Keys })).toEqual(['key']);
});

test('each table has its distinct tags and its first record', () => {
  const image = (S: string) => ({ NewImage: { x: { S } } });
  const records = [
    streamRecord('1', image('a')),
    streamRecord('2', image('b'), OTHER_ARN),
    streamRecord('3', image('c')),
    streamRecord('4', image('a')),
  ];
  expect(readStream(records, rules('{x}'))).toEqual({
    tables: [
      { table: 'Products', first: '1', tags: ['a', 'c'] },
      { table: 'Articles', first: '2', tags: ['b'] },
    ],
  });
});

const good = streamRecord('8', { Keys: { x: { S: 'a' } } });
const altered = (record: object) => ({ ...good, ...record });
const many = { SS: Array.from({ length: 101 }, (_, at) => String(at)) };

test.each<[string, unknown, string | undefined, string]>([
  ['no object', null, undefined, 'the DynamoDB record: '],
  ['no stream', altered({ eventSourceARN: TABLE_ARN }), '8', "eventSourceARN: must be a stream's ARN"],
  [
    'a table without a rule',
    altered({ eventSourceARN: `${TABLE_ARN}2/stream/1` }),
    '8',
    'table/Products2 has no event',
  ],
  ['no item at all', altered({ dynamodb: { SequenceNumber: '8' } }), '8', 'dynamodb: must have Keys or an image'],
  ['no sequence number', altered({ dynamodb: { Keys: {} } }), undefined, 'dynamodb.SequenceNumber: must be a text'],
  [
    'an odd attribute',
    altered({ dynamodb: { Keys: { x: { S: 1 } }, SequenceNumber: '8' } }),
    '8',
    'the DynamoDB record.dynamodb.Keys.x.S',
  ],
  ['sets without end', streamRecord('8', { NewImage: { x: many, y: many } }), '8', 'must become at most 10000 tags'],
])('a record with %s ends the reading', (_, bad, sequenceNumber, message) => {
  const before = streamRecord('7', { Keys: { x: { S: 'a' } } });
  const after = streamRecord('9', { Keys: { x: { S: 'b' } } });
  const reading = readStream([before, bad, after], rules('{x}', '{x}-{y}'));
  expect(reading).toEqual({
    tables: [{ table: 'Products', first: '7', tags: ['a'] }],
    unread: {
      sequenceNumber,
      error: expect.any(Error) as Error,
    },
  });
  expect(reading.unread?.error.name).toBe('BadEventError');
  expect(reading.unread?.error.message).toContain(message);
});
