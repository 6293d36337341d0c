import { json } from 'node:stream/consumers';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { progressOf, type WarmLog } from '../../../lambda/core/warm-log';
import { WarmTally } from '../../../lambda/core/warm-result';
import type { WarmPart, WarmWork } from '../../../lambda/core/warm-work';
import { warmEventsHandler } from '../../../lambda/warm-events/handler';
import { listenHttp, type ListeningServer } from '../../support/listening-servers';
import { customResource, sqsEvent } from '../purge-events/events';

const beginning = { warm: 'w-1', at: 0, caller: 'ann' };
const finished: unknown[][] = [];
const sent: WarmPart[] = [];
const logged: unknown[] = [];
const told: Record<string, string>[] = [];
let works: WarmWork[] = [];
let cloudFormation: ListeningServer;
beforeAll(async () => {
  cloudFormation = await listenHttp((request, response) => {
    void json(request).then((body) => {
      told.push(body as Record<string, string>);
      response.end();
    });
  });
});
afterAll(() => cloudFormation.close());
beforeEach(() => {
  [finished, sent, logged, told].forEach((list) => list.splice(0));
  works = [];
});

const result = new WarmTally().result;
const warms: WarmLog = {
  begin: (given) => Promise.resolve(void finished.push(['begin', given.caller])),
  plan: () => Promise.resolve(),
  isDone: () => Promise.resolve(false),
  finish: (...given) => Promise.resolve(void finished.push(given)),
  read: (warm) => Promise.resolve(warm === 'w-1' ? progressOf(beginning, ['0'], new Map()) : undefined),
};
const handler = warmEventsHandler({
  config: parseSiteConfig({ site: 'test' }),
  warms,
  fetch,
  newId: () => 'w-1',
  now: () => Date.UTC(2026, 2, 1),
  send: (parts) => Promise.resolve(void sent.push(...parts)),
  work: (work) => {
    works.push(work);
    return JSON.stringify(work).includes('broken')
      ? Promise.reject(new Error('it is broken'))
      : Promise.resolve({ result });
  },
  log: (event, details) => void logged.push({ event, ...details }),
});

const part = (url: string): WarmPart => ({
  ...{ warm: 'w-1', part: '0' },
  work: { kind: 'pages', urls: [url], variants: 'default', refresh: false, from: 0, turn: 0 },
});
const received = (times: number, ...bodies: unknown[]) => {
  const event = sqsEvent('warm', ...bodies);
  event.Records.forEach(({ attributes }) => (attributes.ApproximateReceiveCount = String(times)));
  return event;
};

test('a request begins a warm and is answered with its id; its progress is asked for by that', async () => {
  expect(await handler({ urls: ['https://example.com/a'], caller: 'ann' })).toEqual({ warm: 'w-1' });
  expect([finished, sent.length, works]).toEqual([[['begin', 'ann']], 1, []]);
  expect(await handler({ warm: 'w-1' })).toMatchObject({ state: 'running', parts: { planned: 1, done: 0 } });
  await expect(handler({ warm: 'w-2' })).rejects.toThrow(
    'warm: must be the id of a warm of the last 30 days, got "w-2"',
  );
  await expect(handler({ url: 'https://example.com/' })).rejects.toThrow('has unknown fields: url');
});

test('messages of the queue are worked on one after the other; those that fail are named, and not given up at once', async () => {
  const event = received(1, part('https://example.com/a'), part('https://example.com/broken'), 'no JSON', {
    warm: 'x',
  });
  expect(await handler(event)).toEqual({
    batchItemFailures: ['m2', 'm3', 'm4'].map((itemIdentifier) => ({ itemIdentifier })),
  });
  expect(finished).toEqual([['w-1', '0', result]]);
  expect(logged).toMatchObject(['m2', 'm3', 'm4'].map((messageId) => ({ event: 'warm-part-failed', messageId })));
});

test('a message that fails for the third time counts as failed in its warm, and goes to the dead letters', async () => {
  expect(await handler(received(3, part('https://example.com/broken')))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  expect(finished).toMatchObject([['w-1', '0', { failed: { count: 1, reasons: { 'part-failed': 1 } } }]]);
});

test('a deployment is told as soon as its warm has begun', async () => {
  const Warm = JSON.stringify({ urls: ['https://example.com/a'] });
  await handler(customResource('Create', `http://${cloudFormation.address}/`, { Warm }));
  expect(told).toMatchObject([{ Status: 'SUCCESS', Reason: 'warm w-1 has begun', PhysicalResourceId: 'warm' }]);
  expect([finished, sent.length, works]).toEqual([[['begin', 'deployment:Shop']], 1, []]);
});

test.each([
  [{}, /ResourceProperties\.Warm: must be a warm request as JSON/],
  [{ Warm: 'all' }, /ResourceProperties\.Warm: must be JSON/],
  [{ Warm: '{"urls":["/a"]}' }, /WarmRequestError: the warm request has a fault: {3}urls\.0: must be an absolute URL/],
])('a deployment with %j fails with the reason', async (properties, reason) => {
  await handler(customResource('Update', `http://${cloudFormation.address}/`, properties));
  expect(told).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(reason) as string }]);
  expect(sent).toEqual([]);
});
