import fc from 'fast-check';
import { BadEventError, UnknownEventError } from '../../lambda/adapters/purge-events/event-shape';
import { PurgeEventsError } from '../../lambda/adapters/purge-events/purge-all';
import { parsePurgeRequest, PurgeRequestError } from '../../lambda/core/purge-request';
import { purgeEventsHandler } from '../../lambda/purge-events/handler';
import { parseSiteConfig } from '../../lib/site/site-config';
import {
  customResource,
  eventBridge,
  pipelineJob,
  s3Notification,
  s3OnEventBridge,
  snsEnvelope,
  snsEvent,
  sqsEvent,
  streamRecord,
  TABLE_ARN,
} from '../lambda/purge-events/events';
import { RECEIPT, RULES, startWorld } from '../lambda/purge-events/purge-events-world';
import { type ListeningServer, listenTcp } from '../support/listening-servers';
import { asJson, spoilt } from '../support/spoilt';

/*
 * Whoever may send a message to a topic or queue may ask for purges by it, and for nothing else: no URL in a message is
 * called, no job or deployment is answered, and what is not understood purges nothing.
 */

let world: Awaited<ReturnType<typeof startWorld>>;
/** An address that only messages name. */
let internal: ListeningServer;
let connections = 0;
beforeAll(async () => {
  world = await startWorld();
  internal = await listenTcp((socket) => {
    connections += 1;
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
});
afterAll(() => Promise.all([world.close(), internal.close()]));
beforeEach(() => world.reset());

const url = () => `http://${internal.address}/?Action=ConfirmSubscription&Token=1`;
/** What SNS sends to an endpoint that is to confirm something by calling a URL. */
const confirmation = (Type: string) => ({
  ...snsEnvelope('news', `You have chosen to subscribe. To confirm, visit ${url()}`),
  ...{ Type, Token: '1', SubscribeURL: url(), UnsubscribeURL: url(), SigningCertURL: url() },
});
const inRecord = (Sns: object) => ({ Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] });

describe.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation', 'Notification'])(
  'a message of the type %s',
  (type) => {
    test.each<[string, (message: object) => unknown]>([
      ['as an event', (message) => message],
      ['as a body', (message) => ({ body: JSON.stringify(message), headers: { 'x-amz-sns-message-type': type } })],
      ['in a record', inRecord],
      ['in a record as its message', (message) => snsEvent('news', JSON.stringify(message))],
      ['in a queue', (message) => sqsEvent('jobs', message)],
      ['in EventBridge', (message) => eventBridge('aws.sns', type, message)],
      ['in an archive of S3', (message) => ({ ...s3Notification('pages-bucket', 'private/a'), ...message })],
    ])('%s has no URL called, and purges nothing', async (_, make) => {
      await world.handler(make(confirmation(type))).catch((error: Error) => {
        expect([BadEventError.name, UnknownEventError.name]).toContain(error.name);
      });
      expect([connections, world.purges]).toEqual([0, []]);
    });
  },
);

const REQUEST = { tags: ['news'] };
test.each<[string, unknown]>([
  ['S3 of a bucket without a rule', s3Notification('other-bucket', 'public/a.html')],
  ['S3 of a bucket that every object has', s3Notification('constructor', 'public/a.html')],
  ['S3 outside of the prefix', s3Notification('pages-bucket', 'public/../private/a')],
  ['S3 with a key that is another host', s3Notification('pages-bucket', 'public//other.example/a')],
  ['S3 by EventBridge with a key that ends a URL', s3OnEventBridge('pages-bucket', 'public/a#b')],
  ['a table without a rule', { Records: [streamRecord('1', { Keys: { id: { S: '1' } } }, `${TABLE_ARN}s`)] }],
  [
    'a table whose name another one’s begins with',
    { Records: [streamRecord('1', { Keys: {} }, TABLE_ARN.slice(0, -1))] },
  ],
  ['a service that nobody knows', { Records: [{ eventSource: 'aws:kinesis', body: JSON.stringify(REQUEST) }] }],
  ['no service', { Records: [{ body: JSON.stringify(REQUEST), messageId: 'm1' }] }],
  ['a queue without an ARN', { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(REQUEST), messageId: 'm1' }] }],
  ['a job in a queue', sqsEvent('jobs', pipelineJob(JSON.stringify(REQUEST)))],
  ['a deployment in a queue', sqsEvent('jobs', customResource('Create', 'http://127.0.0.1:9/', { Purge: REQUEST }))],
  ['a request one level too deep', eventBridge('cms', 'Published', { detail: REQUEST })],
  ['a request as a text in EventBridge', eventBridge('cms', 'Published', JSON.stringify(REQUEST) as never)],
])('a record of %s purges nothing', async (_, event) => {
  await world.handler(event).catch((error: Error) => expect(error).not.toBeInstanceOf(TypeError));
  expect([world.purges, world.pipeline.calls, world.cloudFormation.calls]).toEqual([[], [], []]);
});

const config = parseSiteConfig({ site: 'test' });
const json = JSON.stringify(REQUEST);
const EVENTS: [string, unknown][] = [
  ['SNS', snsEvent('news', json)],
  ['SQS', sqsEvent('jobs', REQUEST, s3Notification('pages-bucket', 'public/a'))],
  ['SQS of SNS', sqsEvent('jobs', snsEnvelope('news', json))],
  ['EventBridge', eventBridge('cms', 'Published', REQUEST)],
  ['S3', s3Notification('pages-bucket', 'public/a.html')],
  ['S3 by EventBridge', s3OnEventBridge('pages-bucket', 'public/a.html')],
  ['a table', { Records: [streamRecord('1', { NewImage: { id: { S: '1' }, category: { SS: ['a', 'b'] } } })] }],
  ['CodePipeline', pipelineJob(json)],
  ['CloudFormation', customResource('Create', 'https://example.com/answer?signature', { Purge: json })],
  ['a caller', { ...REQUEST, urls: ['https://www.example.com/a'], mode: 'refresh' }],
];
const valueIn = (tag: string) => tag.replace(/^(?:product|category)-/, '');
// JSON in JSON has more of them.
const unquoted = (text: string) => text.replace(/[\\"]/g, '');
const NAMED = [BadEventError, UnknownEventError, PurgeEventsError, PurgeRequestError];

test.each(EVENTS)(
  'an event of %s with something else in it purges no more than it says, or fails by name',
  async (_, event) => {
    let purged = 0;
    await fc.assert(
      fc.asyncProperty(spoilt(event), async (raw) => {
        const value = asJson(raw);
        const [selected, called]: [ReturnType<typeof parsePurgeRequest>[], string[]] = [[], []];
        const handler = purgeEventsHandler({
          purge: async (request) => {
            // The same check as the purge function's.
            selected.push(await Promise.resolve(parsePurgeRequest(config, request)));
            return RECEIPT;
          },
          rules: RULES,
          codePipeline: { send: () => Promise.resolve({}) } as never,
          fetch: (address) => Promise.resolve((called.push(address as string), new Response())),
          log: () => undefined,
        });
        await handler(value).catch((error: Error) => expect(NAMED).toContain(error.constructor));
        purged += selected.length;
        for (const selector of selected.flatMap(({ selectors }) => selectors)) {
          expect(['tag', 'url']).toContain(selector.kind);
          if (selector.kind === 'url') expect(selector.host).toBe('www.example.com');
          if (selector.kind === 'tag')
            expect(unquoted(JSON.stringify(value))).toContain(unquoted(valueIn(selector.tag)));
        }
        // Only what CloudFormation names, in the one place where it does.
        expect(called.filter((address) => address !== (value as { ResponseURL?: unknown }).ResponseURL)).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(purged).toBeGreaterThan(10);
  },
);
