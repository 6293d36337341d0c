import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { listening } from './listening';
import type { LocalFunction } from './local-function';

/** A queue in memory, and the event source that has a function work on its messages. */
export interface LocalQueue {
  /** What messages are sent to. */
  readonly url: string;
  /** The bodies of messages that failed too often. */
  readonly deadLetters: readonly string[];
  /** Has a function work on the messages, one in a call, so many at once. */
  deliverTo(worker: Pick<LocalFunction, 'invoke'>, atOnce: number): void;
  close(): Promise<void>;
}

interface Message {
  readonly id: string;
  readonly body: string;
  received: number;
}

// SQS's limits for a message and for all of a batch, in bytes, and for a batch's entries.
const MOST_BYTES = 262_144;
const MOST_ENTRIES = 10;
const NAME = 'local-queue';

/**
 * Starts a stand-in for a standard queue of SQS at its API (SendMessageBatch, JSON protocol), with Lambda's event source for
 * it. It checks no signatures, and keeps nothing.
 *
 * @param tries how often a message is received before it is a dead letter.
 * @param retryAfter milliseconds until a message that failed is received again.
 */
export async function startQueue({ tries = 3, retryAfter = 100 } = {}): Promise<LocalQueue> {
  const waiting: Message[] = [];
  const deadLetters: string[] = [];
  let [free, worker]: [number, Pick<LocalFunction, 'invoke'> | undefined] = [0, undefined];
  const pump = () => {
    while (free > 0 && waiting.length > 0 && worker !== undefined) {
      free -= 1;
      void deliver(worker, waiting.shift() as Message).finally(() => {
        free += 1;
        pump();
      });
    }
  };
  const deliver = async (to: Pick<LocalFunction, 'invoke'>, message: Message) => {
    message.received += 1;
    const failed = await to.invoke(eventOf(message)).then(
      (result) => ((result as SQSBatchResponse | null)?.batchItemFailures ?? []).length > 0,
      () => true,
    );
    if (failed && message.received >= tries) {
      deadLetters.push(message.body);
    } else if (failed) {
      void wait(retryAfter, undefined, { ref: false }).then(() => waiting.push(message) && pump());
    }
  };
  const server = createServer((request, response) => {
    void take(request, response).then((messages) => {
      waiting.push(...messages);
      pump();
    });
  });
  const running = await listening(server);
  return {
    url: `http://${running.address}/000000000000/${NAME}`,
    deadLetters,
    deliverTo(to, atOnce) {
      [free, worker] = [atOnce, to];
      pump();
    },
    close: () => running.close(),
  };
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<Message[]> {
  const { Entries = [] } = (await json(request)) as { Entries?: { Id: string; MessageBody: string }[] };
  const refuse = (type: string) => {
    response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: type }));
    return [];
  };
  if (request.headers['x-amz-target'] !== 'AmazonSQS.SendMessageBatch') {
    return refuse('UnsupportedOperation');
  }
  if (Entries.length > MOST_ENTRIES) {
    return refuse('TooManyEntriesInBatchRequest');
  }
  if (Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0) > MOST_BYTES) {
    return refuse('BatchRequestTooLong');
  }
  const messages = Entries.map(({ MessageBody: body }) => ({ id: randomUUID(), body, received: 0 }));
  const Successful = messages.map(({ id, body }, i) => ({
    Id: Entries[i]?.Id,
    MessageId: id,
    MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
  }));
  response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ Successful, Failed: [] }));
  return messages;
}

function eventOf({ id, body, received }: Message): SQSEvent {
  const now = String(Date.now());
  return {
    Records: [
      {
        messageId: id,
        receiptHandle: randomUUID(),
        body,
        attributes: {
          ApproximateReceiveCount: String(received),
          SentTimestamp: now,
          SenderId: 'local',
          ApproximateFirstReceiveTimestamp: now,
        },
        messageAttributes: {},
        md5OfBody: createHash('md5').update(body).digest('hex'),
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:local:000000000000:${NAME}`,
        awsRegion: 'local',
      },
    ],
  };
}
