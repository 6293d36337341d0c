import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Header } from 'memjs';
import { MemjsConnection } from '../../../lambda/values/memjs-connection';
import { listenTcp, type ListeningServer } from '../../support/listening-servers';

// However busy the machine is, a server that answers is in time.
const PATIENT = 30_000;
const VALUE = { data: Buffer.from('x'), flags: 0 };
const GET = 0x00;

let server: ListeningServer | undefined;
let connection: MemjsConnection | undefined;
let late: Error[];
beforeEach(() => (late = []));
afterEach(async () => {
  connection?.close();
  await server?.close();
});

interface Asked {
  readonly command: number;
  readonly call: number;
}

/** A Memcached that misbehaves: does with each request what the test says. */
async function misbehaving(
  answer: (socket: Socket, asked: Asked) => void,
  deadline = PATIENT,
): Promise<MemjsConnection> {
  server = await listenTcp((socket) => {
    let received = Buffer.alloc(0);
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      for (let length; (length = lengthOf(received)) <= received.length; received = received.subarray(length)) {
        answer(socket, { command: received.readUInt8(1), call: received.readUInt32BE(12) });
      }
    });
  });
  connection = await MemjsConnection.open(server.address, deadline, (error) => late.push(error));
  return connection;
}

const lengthOf = (bytes: Buffer) => (bytes.length < 24 ? Infinity : 24 + bytes.readUInt32BE(8));

/** A reply as Memcached would send it. */
function reply({ command, call }: Asked, { status = 0, extras = '', value = '' } = {}): Buffer {
  const body = Buffer.from(extras + value, 'latin1');
  const header = { magic: 0x81, opcode: command, keyLength: 0, extrasLength: extras.length, status, opaque: call };
  return Buffer.concat([Header.toBuffer({ ...header, totalBodyLength: body.length }), body]);
}

const found = (asked: Asked, value: string) => reply(asked, { extras: '\0\0\0\0', value });

test.each<[string, (socket: Socket, asked: Asked) => void, RegExp]>([
  ['answers garbage', (socket) => socket.write('220 smtp.example.com ESMTP ready\r\n'), /not a reply of Memcached/],
  [
    'sends back what it gets',
    (socket, asked) => {
      const echoed = reply(asked);
      echoed.writeUInt8(0x80, 0);
      socket.write(echoed);
    },
    /not a reply of Memcached/,
  ],
  [
    'answers in the other protocol',
    (socket) => socket.write(`${'VALUE a 0 1\r\nx\r\nEND\r\n'.repeat(2)}`),
    /not a reply/,
  ],
  [
    'announces more than there can be',
    (socket, asked) => socket.write(announcing(asked, 0xffff_ffff, 0)),
    /not a reply/,
  ],
  [
    'announces parts that are larger than the whole',
    (socket, asked) => socket.write(announcing(asked, 4, 5)),
    /not a reply/,
  ],
  [
    'answers another command',
    (socket, { call }) => socket.write(reply({ command: 0x04, call })),
    /a reply to another command/,
  ],
  [
    'closes in the middle of a reply',
    (socket, asked) => socket.end(found(asked, 'value').subarray(0, 30)),
    /connection closed/,
  ],
  ['closes without a word', (socket) => socket.end(), /connection closed/],
  ['breaks the connection', (socket) => socket.resetAndDestroy(), /ECONNRESET|EPIPE|connection closed/],
])('every call under way fails, and none hangs, when the server %s', async (_, answer, error) => {
  const connection = await misbehaving(answer);
  const calls = [connection.get('a'), connection.set('b', VALUE, 0), connection.count('c', 'up', 1)];
  const results = await Promise.allSettled(calls);
  expect(results.map((result) => String((result as PromiseRejectedResult).reason))).toEqual(
    Array(3).fill(expect.stringMatching(error)),
  );
  expect(connection.usable).toBe(false);
  await expect(connection.get('d')).rejects.toMatchObject({
    name: 'StoreError',
    message: expect.stringContaining(server?.address ?? '') as string,
  });
  expect(late).toEqual([]);
});

function announcing(asked: Asked, bodyLength: number, extrasLength: number): Buffer {
  const bytes = reply(asked);
  bytes.writeUInt32BE(bodyLength, 8);
  bytes.writeUInt8(extrasLength, 4);
  return bytes;
}

test.each<[string, (socket: Socket, asked: Asked) => void]>([
  ['never answers', () => undefined],
  [
    'answers half and falls silent',
    (socket, asked) => void (asked.command === GET && socket.write(found(asked, 'value').subarray(0, 30))),
  ],
  ['answers to a call that nobody made', (socket, { command }) => socket.write(reply({ command, call: 4711 }))],
])('calls end at their deadline, and somebody learns of it, when the server %s', async (_, answer) => {
  const connection = await misbehaving(answer, 30);
  const calls = [connection.get('a'), connection.delete('b')];
  const results = await Promise.allSettled(calls);
  expect(results.map((result) => String((result as PromiseRejectedResult).reason))).toEqual(
    Array(2).fill(`StoreError: ${server?.address}: no reply within 30 ms`),
  );
  expect(late.map(({ message }) => message)).toEqual([`${server?.address}: no reply within 30 ms`]);
  expect(connection.usable).toBe(false);
});

test('half a reply never becomes a part of the next one', async () => {
  let first = true;
  const halfOfTheFirst = (socket: Socket, asked: Asked) => {
    socket.write(first ? found(asked, 'of the first').subarray(0, 30) : found(asked, 'of the second'));
    first = false;
  };
  await expect((await misbehaving(halfOfTheFirst, 30)).get('a')).rejects.toThrow('no reply within 30 ms');
  connection = await MemjsConnection.open(server?.address ?? '', PATIENT, () => undefined);
  expect((await connection.get('b'))?.data.toString()).toBe('of the second');
});

test('replies belong to their calls, in whatever order and pieces they come', async () => {
  const asked: Asked[] = [];
  const replies = ['first', 'second', 'third'];
  const connection = await misbehaving((socket, each) => {
    asked.push(each);
    if (asked.length < replies.length) return;
    const bytes = Buffer.concat(asked.map((call, i) => found(call, replies[i] as string)).reverse());
    void (async () => {
      for (const byte of bytes) {
        socket.write(Buffer.of(byte));
        await turn();
      }
    })();
  });
  const values = await Promise.all(['a', 'b', 'c'].map((key) => connection.get(key)));
  expect(values.map((value) => value?.data.toString())).toEqual(replies);
});

test('what a node refuses fails its own call only', async () => {
  const connection = await misbehaving((socket, asked) =>
    socket.write(asked.command === GET ? found(asked, 'x') : reply(asked, { status: 0x82, value: 'Out of memory' })),
  );
  const [stored, counted, read] = await Promise.allSettled([
    connection.set('a', VALUE, 0),
    connection.count('b', 'down', 1),
    connection.get('c'),
  ]);
  const refused = { status: 'rejected', reason: { name: 'StoreError', message: `${server?.address}: Out of memory` } };
  expect([stored, counted]).toMatchObject([refused, refused]);
  expect(read).toMatchObject({ status: 'fulfilled' });
  expect(connection.usable).toBe(true);
});

test('closing fails the calls under way', async () => {
  const connection = await misbehaving(() => undefined);
  const call = connection.get('a').catch((error: Error) => error.message);
  connection.close();
  // At once: a node that hangs would never close its side.
  expect(await Promise.race([call, turn('still waiting')])).toBe(`${server?.address}: connection closed`);
});

test('fails in one line for a server that is not there', async () => {
  server = await listenTcp(() => undefined);
  const { address } = server;
  await server.close();
  await expect(MemjsConnection.open(address, PATIENT, () => undefined)).rejects.toThrow(
    `${address}: connect ECONNREFUSED`,
  );
  server = undefined;
});

test('another service’s password in the environment is not sent', async () => {
  const commands: number[] = [];
  process.env.MEMCACHIER_USERNAME = 'somebody';
  process.env.MEMCACHIER_PASSWORD = 'secret';
  try {
    const connection = await misbehaving((socket, asked) => {
      commands.push(asked.command);
      socket.write(found(asked, 'x'));
    });
    await connection.get('a');
  } finally {
    delete process.env.MEMCACHIER_USERNAME;
    delete process.env.MEMCACHIER_PASSWORD;
  }
  expect(commands).toEqual([GET]);
});
