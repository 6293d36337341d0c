import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { WarmPart } from '../core/warm-work';

// SQS's limits for one call: entries, and bytes of them all (262,144), with some room.
const MOST_ENTRIES = 10;
const MOST_BYTES = 250_000;
const TRIES = 3;

/**
 * Puts parts of a warm into a queue, all of them or it throws; then some may be in it, and doing it again is safe.
 *
 * @param queueUrl of a standard queue.
 */
export function warmQueue(client: SQSClient, queueUrl: string): (parts: readonly WarmPart[]) => Promise<void> {
  return async (parts) => {
    for (const bodies of calls(parts.map((part) => JSON.stringify(part)))) {
      await sendAll(client, queueUrl, bodies);
    }
  };
}

function calls(bodies: readonly string[]): string[][] {
  const groups: string[][] = [];
  let bytes = Infinity;
  for (const body of bodies) {
    const length = Buffer.byteLength(body);
    const last = groups.at(-1);
    if (last === undefined || last.length === MOST_ENTRIES || bytes + length > MOST_BYTES) {
      groups.push([body]);
      bytes = length;
    } else {
      last.push(body);
      bytes += length;
    }
  }
  return groups;
}

/** The queue may take some of a call's messages and not the others. */
async function sendAll(client: SQSClient, queueUrl: string, bodies: readonly string[]): Promise<void> {
  let left = bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
  for (let tries = 1; left.length > 0; tries += 1) {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left }));
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
    if (left.length > 0 && (tries === TRIES || Failed.some(({ SenderFault }) => SenderFault))) {
      const [first] = Failed;
      throw new Error(`the queue did not take ${left.length} messages: ${first?.Code}: ${first?.Message ?? ''}`);
    }
  }
}
