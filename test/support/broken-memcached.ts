import { createConnection, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Connection } from '../../lambda/stores/memcached/connection';
import type { LocalMemcached } from '../../local/memcached';
import { freeze } from './freeze';

/** Options of a memcached that refuses what it has no memory for, and has hardly any. */
export const TINY = ['-M', '-m', '1', '-I', '512k'];

// Sets under way.
const BATCH = 500;

/** Stores values of these lengths, under keys that nobody asks for, until memcached refuses each of them. */
export async function fillUp(
  { address }: LocalMemcached,
  keyLength: number,
  lengths: readonly number[],
): Promise<void> {
  const connection = await Connection.open(address, { connect: 10_000, command: 10_000 });
  for (const length of lengths) {
    const set = (number: number) => {
      const key = `full-${length}-${number}-`.padEnd(keyLength, 'x');
      return connection.send(`set ${key} 0 0 ${length}\r\n`, Buffer.alloc(length), '\r\n');
    };
    for (let stored = 0, refused = false; !refused; stored += BATCH) {
      const replies = await Promise.allSettled(Array.from({ length: BATCH }, (_, i) => set(stored + i)));
      refused = replies.some((reply) => String((reply as PromiseRejectedResult).reason).includes('out of memory'));
    }
  }
  connection.close();
}

// Connections that wait to be accepted; Linux takes one more than it is told.
const BACKLOG = 16;
/** Options of a memcached that `cutOff` can cut off. */
export const SHORT_QUEUE = ['-b', String(BACKLOG)];

/**
 * Cuts a memcached with `SHORT_QUEUE` off, as a network does that loses every packet: it is stopped, so that connections
 * that are there fall silent, and its accept queue is full, so that new ones are not made. (A blackhole route would need
 * root, and an address of its own.)
 *
 * @returns what lets it be reached again.
 */
export async function cutOff({ address, pid }: LocalMemcached): Promise<() => Promise<void>> {
  freeze(pid);
  const [host, port] = address.split(':') as [string, string];
  const inQueue: Socket[] = Array.from({ length: 2 * BACKLOG + 2 }, () =>
    createConnection({ host, port: Number(port) }).on('error', () => undefined),
  );
  // All of them have begun. The queue takes some and is full.
  await turn();
  const refusal = await Connection.open(address, { connect: 200, command: 200 }).then(
    () => 'it accepts',
    (error: Error) => error.message,
  );
  if (!refusal.includes('not connected within')) {
    throw new Error(`${address} should be cut off: ${refusal}`);
  }
  return () => {
    inQueue.forEach((socket) => socket.destroy());
    process.kill(pid, 'SIGCONT');
    return Promise.resolve();
  };
}
