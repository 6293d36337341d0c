import { once } from 'node:events';
import { createConnection } from 'node:net';

/** A value as memcached keeps it. */
export interface StoredValue {
  readonly key: string;
  readonly flags: number;
  readonly bytes: Buffer;
}

/** Stores values in a memcached, through its text protocol. */
export async function storeValues(node: string, values: Iterable<StoredValue>): Promise<void> {
  const [host, port] = node.split(':') as [string, string];
  const socket = createConnection({ host, port: Number(port) });
  await once(socket, 'connect');
  try {
    for (const { key, flags, bytes } of values) {
      // In one piece: the second of two would wait for the first one's acknowledgement.
      socket.write(
        Buffer.concat([Buffer.from(`set ${key} ${flags} 0 ${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]),
      );
      const [reply] = (await once(socket, 'data')) as [Buffer];
      if (reply.toString() !== 'STORED\r\n') throw new Error(`memcached did not store: ${reply.toString().trim()}`);
    }
  } finally {
    socket.destroy();
  }
}
