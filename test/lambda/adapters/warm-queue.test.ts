import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { json } from 'node:stream/consumers';
import { warmQueue } from '../../../lambda/adapters/warm-queue';
import type { WarmPart } from '../../../lambda/core/warm-work';
import { type LocalQueue, startQueue } from '../../../local/queue';
import { listenHttp } from '../../support/listening-servers';

const send = (queueUrl: string, sent: WarmPart[]) => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new SQSClient({ endpoint: new URL(queueUrl).origin, region: 'local', credentials, maxAttempts: 1 });
  return warmQueue(client, queueUrl)(sent);
};
const parts = (count: number, bytes = 10): WarmPart[] =>
  Array.from({ length: count }, (_, i) => ({
    warm: 'w',
    part: String(i),
    work: { kind: 'pages', urls: ['x'.repeat(bytes)], variants: 'default', refresh: false, from: 0, turn: 0 },
  }));

/** What comes out of a queue. */
async function received(queue: LocalQueue, count: number): Promise<WarmPart[]> {
  const bodies: WarmPart[] = [];
  await new Promise<void>((resolve) => {
    const invoke = (event: unknown) => {
      bodies.push(JSON.parse((event as SQSEvent).Records[0]?.body ?? '') as WarmPart);
      if (bodies.length === count) resolve();
      return Promise.resolve(null);
    };
    queue.deliverTo({ invoke }, 1);
  });
  return bodies;
}

test.each([
  ['many small', 25, 10],
  ['few large', 7, 100_000],
  ['two that fill a message', 2, 200_000],
])('%s parts are all in the queue', async (_, count, bytes) => {
  const queue = await startQueue();
  await send(queue.url, parts(count, bytes));
  expect(await received(queue, count)).toEqual(parts(count, bytes));
  await queue.close();
});

/** A queue that takes only what the test says. */
async function pickyQueue(fails: (id: string, call: number) => object | undefined) {
  const sent: string[][] = [];
  const server = await listenHttp((request, response) => {
    void json(request).then((body) => {
      const { Entries } = body as { Entries: { Id: string; MessageBody: string }[] };
      sent.push(Entries.map(({ MessageBody }) => (JSON.parse(MessageBody) as WarmPart).part));
      const Failed = Entries.flatMap(({ Id }) => fails(Id, sent.length) ?? []);
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Successful: [], Failed }));
    });
  });
  return { url: `http://${server.address}/1/q`, sent, close: () => server.close() };
}

test('what the queue does not take of a call is sent again, and only that', async () => {
  const queue = await pickyQueue((Id, call) =>
    call === 1 && Id !== '1' ? { Id, SenderFault: false, Code: 'InternalError' } : undefined,
  );
  await send(queue.url, parts(3));
  expect(queue.sent).toEqual([
    ['0', '1', '2'],
    ['0', '2'],
  ]);
  await queue.close();
});

test.each([
  [false, 3],
  [true, 1],
])('what the queue never takes fails (by our fault: %s)', async (SenderFault, calls) => {
  const queue = await pickyQueue((Id) => ({ Id, SenderFault, Code: 'InternalError', Message: 'no' }));
  await expect(send(queue.url, parts(3))).rejects.toThrow('the queue did not take 3 messages: InternalError: no');
  expect(queue.sent).toHaveLength(calls);
  await queue.close();
});
