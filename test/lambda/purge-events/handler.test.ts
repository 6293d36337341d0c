import { setTimeout } from 'node:timers/promises';
import { PREVIEW, RECEIPT, startWorld, SUMMARY } from './purge-events-world';
import {
  eventBridge,
  s3Notification,
  s3OnEventBridge,
  s3TestEvent,
  scheduledEvent,
  snsEnvelope,
  snsEvent,
  sqsEvent,
  streamRecord,
  TABLE_ARN,
} from './events';

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => void (world = await startWorld()));
afterAll(() => world.close());
beforeEach(() => world.reset());

const REQUEST = { tags: ['news'], mode: 'refresh' };
const json = (value: unknown) => JSON.stringify(value);
const urls = (...paths: string[]) => paths.map((path) => `https://www.example.com${path}`);

test('a direct invocation is passed on as it is and answered with the receipt', async () => {
  expect(await world.handler({ ...REQUEST, dryRun: true })).toEqual(PREVIEW);
  expect(await world.handler({ everything: true, caller: 'nightly' })).toEqual(RECEIPT);
  expect(world.purges).toEqual([
    { ...REQUEST, dryRun: true, caller: 'direct' },
    { everything: true, caller: 'nightly' },
  ]);
  expect(world.logged).toEqual([
    { event: 'purged', caller: 'direct', summary: 'dry run: 14 pages found, nothing purged' },
    { event: 'purged', caller: 'nightly', summary: SUMMARY },
  ]);
});

test.each([
  ['PurgeRequestError', 'the purge request has a fault', 'refused'],
  ['PurgeIncompleteError', 'purge p-1 is incomplete', 'incomplete'],
])('a direct invocation fails with the %s of the purge function', async (name, message, tag) => {
  await expect(world.handler({ tags: [tag] })).rejects.toMatchObject({ name, message });
});

test.each([
  ['a request over SNS', snsEvent('news', json(REQUEST)), { ...REQUEST, caller: 'sns:news' }],
  [
    'a request over SNS with a caller',
    snsEvent('news', json({ ...REQUEST, caller: 'editor' })),
    { ...REQUEST, caller: 'sns:news (editor)' },
  ],
  ['a request over SQS', sqsEvent('jobs', REQUEST), { ...REQUEST, caller: 'sqs:jobs' }],
  [
    'a request over SNS and SQS',
    sqsEvent('jobs', snsEnvelope('news', json(REQUEST))),
    { ...REQUEST, caller: 'sqs:jobs (sns:news)' },
  ],
  [
    'a request over EventBridge',
    eventBridge('shop.cms', 'Published', REQUEST),
    { ...REQUEST, caller: 'eventbridge:shop.cms' },
  ],
  [
    'an event of EventBridge over SNS',
    snsEvent('news', json(eventBridge('shop.cms', 'Published', REQUEST))),
    { ...REQUEST, caller: 'sns:news (eventbridge:shop.cms)' },
  ],
  [
    'an event of EventBridge over SQS',
    sqsEvent('jobs', eventBridge('shop.cms', 'Published', REQUEST)),
    { ...REQUEST, caller: 'sqs:jobs (eventbridge:shop.cms)' },
  ],
  [
    'an S3 notification',
    s3Notification('pages-bucket', 'public/two+words.html'),
    { urls: urls('/two%20words.html'), caller: 's3:pages-bucket' },
  ],
  [
    'an S3 notification over SNS',
    snsEvent('uploads', json(s3Notification('pages-bucket', 'public/a.html'))),
    { urls: urls('/a.html'), caller: 'sns:uploads (s3:pages-bucket)' },
  ],
  [
    'an S3 notification over SQS',
    sqsEvent('jobs', s3Notification('pages-bucket', 'public/docs/index.html')),
    { urls: urls('/docs/index.html', '/docs/'), caller: 'sqs:jobs (s3:pages-bucket)' },
  ],
  [
    'an S3 notification over SNS and SQS',
    sqsEvent('jobs', snsEnvelope('uploads', json(s3Notification('pages-bucket', 'public/a.html')))),
    { urls: urls('/a.html'), caller: 'sqs:jobs (sns:uploads (s3:pages-bucket))' },
  ],
  [
    'an upload to S3 over EventBridge',
    s3OnEventBridge('pages-bucket', 'public/1+1=2.html'),
    { urls: urls('/1+1=2.html'), caller: 's3:pages-bucket' },
  ],
  [
    'a deletion in S3 over EventBridge',
    s3OnEventBridge('pages-bucket', 'public/a.html', 'Object Deleted'),
    { urls: urls('/a.html'), caller: 's3:pages-bucket' },
  ],
])('%s purges, and says where it came from', async (_, event, purge) => {
  const result = await world.handler(event);
  expect(world.purges).toEqual([purge]);
  expect(result).toEqual(json(event).includes('aws:sqs') ? { batchItemFailures: [] } : undefined);
});

test.each([
  ["S3's test event", s3TestEvent('pages-bucket')],
  ["S3's test event over SNS", snsEvent('uploads', json(s3TestEvent('pages-bucket')))],
  ["S3's test event over SQS", sqsEvent('jobs', s3TestEvent('pages-bucket'))],
  ['an object that is no page', s3Notification('pages-bucket', 'private/a.html')],
  ['a change without tags', { Records: [streamRecord('1', { Keys: { other: { S: '1' } } })] }],
])('%s is accepted and purges nothing', async (_, event) => {
  await world.handler(event);
  expect(world.purges).toEqual([]);
  expect(world.logged).toEqual([]);
});

test('a caller from outside cannot forge the journal', async () => {
  const caller = `x)\r\nsns:other${'é'.repeat(300)}`;
  await world.handler(snsEvent('news', json({ ...REQUEST, caller })));
  const purge = world.purges[0] as { caller: string };
  expect(purge.caller).toMatch(/^sns:news \(x\) sns:otheré+…$/);
  expect(purge.caller).toHaveLength(256);
});

test('a caller that is no text is left for the purge function to refuse', async () => {
  await world.handler(snsEvent('news', json({ ...REQUEST, caller: 7 })));
  expect(world.purges).toEqual([{ ...REQUEST, caller: 7 }]);
});

test('messages of a queue that fail are named to Lambda and logged, the others purge', async () => {
  const result = await world.handler(
    sqsEvent(
      'jobs',
      { tags: ['refused'] },
      'no JSON',
      { tags: ['news'] },
      { unknown: true },
      s3Notification('other-bucket', 'public/a.html'),
      snsEnvelope('news', '{'),
    ),
  );
  expect(result).toEqual({
    batchItemFailures: ['m1', 'm2', 'm4', 'm5', 'm6'].map((itemIdentifier) => ({ itemIdentifier })),
  });
  expect(world.purges).toContainEqual({ tags: ['news'], caller: 'sqs:jobs' });
  const failures = world.logged.filter(({ event }) => event === 'purge-failed');
  expect(failures.map(({ messageId, error }) => [messageId, (error as Error).name])).toEqual([
    ['m1', 'PurgeRequestError'],
    ['m2', 'BadEventError'],
    ['m4', 'UnknownEventError'],
    ['m5', 'BadEventError'],
    ['m6', 'BadEventError'],
  ]);
  expect(failures[0]).toMatchObject({ source: 'arn:aws:sqs:eu-west-1:123456789012:jobs' });
});

test('the messages of a batch purge five at once', async () => {
  const batch = Array.from({ length: 20 }, (_, at) => ({ tags: [`t${at}`] }));
  const held = world.hold();
  const answer = world.handler(sqsEvent('jobs', ...batch));
  while (world.underWay.now < 5) await setTimeout(1);
  // A sixth would be on its way by now.
  await setTimeout(50);
  held.release();
  expect(await answer).toEqual({ batchItemFailures: [] });
  expect(world.purges).toHaveLength(20);
  expect(world.underWay.most).toBe(5);
});

test('an SQS record that cannot be named to Lambda fails as a whole', async () => {
  const event = sqsEvent('jobs', REQUEST, { tags: ['refused'] });
  Object.assign(event.Records[1]!, { messageId: undefined });
  await expect(world.handler(event)).rejects.toMatchObject({ name: 'PurgeRequestError' });
  expect(world.purges).toContainEqual({ ...REQUEST, caller: 'sqs:jobs' });
});

test('the changes of a stream become one purge', async () => {
  const Records = [
    streamRecord('1', { NewImage: { id: { S: '1' }, category: { S: 'b' } }, OldImage: { id: { S: '1' } } }),
    streamRecord('2', { NewImage: { id: { S: '2' }, category: { S: 'b' } } }),
  ];
  expect(await world.handler({ Records })).toEqual({ batchItemFailures: [] });
  expect(world.purges).toEqual([{ tags: ['product-1', 'category-b', 'product-2'], caller: 'dynamodb:Products' }]);
});

test('more tags than a purge takes are several purges', async () => {
  const SS = Array.from({ length: 2500 }, (_, at) => String(at));
  await world.handler({ Records: [streamRecord('1', { NewImage: { id: { SS } } })] });
  expect(world.purges.map((purge) => (purge as { tags: string[] }).tags.length)).toEqual([1000, 1000, 500]);
  expect(new Set(world.purges.flatMap((purge) => (purge as { tags: string[] }).tags)).size).toBe(2500);
});

test('a stream whose purge fails is taken up again at its first record', async () => {
  const Records = ['7', '8'].map((number) => streamRecord(number, { NewImage: { id: { S: 'incomplete' } } }));
  expect(await world.handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
  expect(world.logged).toMatchObject([
    { event: 'purge-failed', source: 'dynamodb:Products', error: { name: 'PurgeIncompleteError' } },
  ]);
});

test('a record that cannot be read is taken up again, after those before it have been purged', async () => {
  const Records = [
    streamRecord('1', { Keys: { id: { N: '1' } } }),
    streamRecord('2', { Keys: { id: { N: '2' } } }, `${TABLE_ARN}Other`),
    streamRecord('3', { Keys: { id: { N: '3' } } }),
  ];
  expect(await world.handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(world.purges).toEqual([{ tags: ['product-1'], caller: 'dynamodb:Products' }]);
  expect(world.logged).toMatchObject([
    { event: 'purged' },
    {
      event: 'purge-failed',
      sequenceNumber: '2',
      error: { message: expect.stringContaining(`${TABLE_ARN}Other`) as string },
    },
  ]);
});

test('a stream that cannot be taken up at the bad record fails as a whole', async () => {
  const Records = [streamRecord('1', { Keys: { id: { N: '1' } } }), { eventSource: 'aws:dynamodb' }];
  await expect(world.handler({ Records })).rejects.toMatchObject({ name: 'BadEventError' });
  expect(world.purges).toHaveLength(1);
});

test('sources that take an event as a whole fail after all of it has been tried', async () => {
  const event = s3Notification('pages-bucket', 'public/refused', 'public/%ZZ', 'public/a.html');
  await expect(world.handler(event)).rejects.toMatchObject({
    name: 'PurgeEventsError',
    message: expect.stringMatching(
      /^2 of the event's purges failed:\nthe purge request has a fault\nthe key .*%ZZ/,
    ) as string,
  });
  expect(world.purges).toContainEqual({ urls: urls('/a.html'), caller: 's3:pages-bucket' });
  await expect(world.handler(snsEvent('news', json({ tags: ['incomplete'] })))).rejects.toMatchObject({
    name: 'PurgeIncompleteError',
  });
  const refused = snsEvent('uploads', json(s3Notification('pages-bucket', 'public/refused', 'public/b.html')));
  await expect(world.handler(refused)).rejects.toMatchObject({ name: 'PurgeRequestError' });
  expect(world.purges).toContainEqual({ urls: urls('/b.html'), caller: 'sns:uploads (s3:pages-bucket)' });
});

test('records of several kinds are each handled as their own', async () => {
  const Records = [
    ...s3Notification('pages-bucket', 'public/a.html').Records,
    ...sqsEvent('jobs', { tags: ['refused'] }).Records,
    ...snsEvent('news', json(REQUEST)).Records,
    streamRecord('1', { Keys: { id: { N: '1' } } }),
  ];
  expect(await world.handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect((world.purges as { caller: string }[]).map(({ caller }) => caller).sort()).toEqual([
    'dynamodb:Products',
    's3:pages-bucket',
    'sns:news',
    'sqs:jobs',
  ]);
});

const BAD_DETAIL = "the detail of the event 'Scheduled Event' of aws.events is not understood: it has no fields";
const JOB = json({ 'CodePipeline.job': { id: '1' } });

test.each<[string, unknown, string, string]>([
  ['nothing', null, 'UnknownEventError', 'the event is not understood: it is null; understood are a purge request'],
  ['a text', 'purge', 'UnknownEventError', 'the event is not understood: it is "purge"'],
  ['a list', [REQUEST], 'UnknownEventError', 'it is [{"tags":["news"]'],
  ['a mistyped request', { url: 'x', caller: 'y' }, 'UnknownEventError', 'it has the fields url, caller; understood'],
  ['a name that only JavaScript knows', { constructor: 1 }, 'UnknownEventError', 'it has the fields constructor;'],
  ['a schedule without an input', scheduledEvent(), 'UnknownEventError', BAD_DETAIL],
  ['a bucket without a rule', s3OnEventBridge('other', 'a'), 'BadEventError', 'the bucket other has no event rule'],
  [
    'a bucket named as JavaScript names',
    s3OnEventBridge('constructor', 'a'),
    'BadEventError',
    'bucket constructor has',
  ],
  [
    'an S3 event without a key',
    eventBridge('aws.s3', 'x', { bucket: { name: 'b' } }),
    'BadEventError',
    'detail.object',
  ],
  ['a record of no service', { Records: [{}] }, 'UnknownEventError', 'the record is not understood: it has no fields'],
  ['a record that is none', { Records: [null] }, 'UnknownEventError', 'the record is not understood: it is null'],
  ['a record of another service', { Records: [{ eventSource: 'aws:kinesis' }] }, 'UnknownEventError', 'of aws:kinesis'],
  ['an SNS message that is no JSON', snsEvent('news', 'hello'), 'BadEventError', 'must be JSON, got "hello"'],
  ['an SNS record without a message', { Records: [{ EventSource: 'aws:sns' }] }, 'BadEventError', 'the SNS record.Sns'],
])('fails with what was seen, for %s', async (_, event, name, message) => {
  await expect(world.handler(event)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message) as string,
  });
  expect(world.purges).toEqual([]);
});

test('an unknown event with many fields is not shown whole', async () => {
  const event = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`${at}-${'x'.repeat(100)}`, 1]));
  await expect(world.handler(event)).rejects.toThrow(/^.{1,1300}$/);
  await expect(world.handler(event)).rejects.toThrow('and 980 more');
});

test.each([
  ['a job', JOB],
  ['a deployment', json({ RequestType: 'Create', ResponseURL: 'http://169.254.169.254/' })],
  ['a record of a queue', json(sqsEvent('jobs', REQUEST))],
  ['a record of a stream', json({ Records: [streamRecord('1', { Keys: { id: { N: '1' } } })] })],
])('a message cannot pass for %s', async (_, message) => {
  await expect(world.handler(snsEvent('news', message))).rejects.toMatchObject({ name: 'UnknownEventError' });
  expect([world.purges, world.pipeline.calls, world.cloudFormation.calls]).toEqual([[], [], []]);
});
