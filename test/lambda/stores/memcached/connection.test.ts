import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Connection } from '../../../../lambda/stores/memcached/connection';
import { discoverNodes } from '../../../../lambda/stores/memcached/cluster-nodes';
import { listenTcp, type ListeningServer } from '../../../support/listening-servers';

const DEADLINES = { connect: 500, command: 100 };
// In a thread of its own, because a test keeps this one busy. Says when its answer has been sent.
const SERVER_OF_ITS_OWN = `
const { parentPort, workerData } = require('node:worker_threads');
const answered = () => { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0); };
const server = require('node:net').createServer((socket) =>
  socket.on('error', () => undefined).once('data', () => socket.write('VERSION 1\\r\\n', answered)));
server.listen(0, '127.0.0.1', () => parentPort.postMessage('127.0.0.1:' + server.address().port));
`;
let server: ListeningServer | undefined;
afterEach(() => server?.close());

/** A Memcached that misbehaves: answers each piece that it receives with what the test says. */
async function misbehaving(answer: (socket: Socket, received: string) => void): Promise<Connection> {
  server = await listenTcp((socket) => socket.on('data', (data) => answer(socket, data.toString('latin1'))));
  return Connection.open(server.address, DEADLINES);
}

test.each<[string, (socket: Socket) => void, RegExp]>([
  ['answers garbage', (socket) => socket.write('220 smtp.example.com ESMTP\r\n'), /not a reply/],
  ['answers half and falls silent', (socket) => socket.write('VALUE a 0 10 1\r\nabc'), /no reply within 100 ms/],
  ['never answers', () => undefined, /no reply within 100 ms/],
  ['closes in the middle of a reply', (socket) => socket.end('VALUE a 0 10 1\r\nabc'), /connection closed/],
  ['breaks the connection', (socket) => socket.resetAndDestroy(), /connection/],
])('every call under way fails, and none hangs, when the server %s', async (_, answer, error) => {
  const connection = await misbehaving(answer);
  const calls = [connection.send('get a\r\n'), connection.send('get b\r\n'), connection.send('get c\r\n')];
  const results = await Promise.allSettled(calls);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(results.map((result) => String((result as PromiseRejectedResult).reason))).toEqual(
    Array(3).fill(expect.stringMatching(error)),
  );
  expect(connection.usable).toBe(false);
  await expect(connection.send('get d\r\n')).rejects.toMatchObject({ name: 'StoreError' });
});

test('a reply that comes too late reaches nobody', async () => {
  const connection = await misbehaving((socket, received) => {
    if (received.includes('late')) setTimeout(() => socket.write('VALUE late 0 1\r\nx\r\nEND\r\n'), 200);
  });
  await expect(connection.send('get late\r\n')).rejects.toThrow('no reply within 100 ms');
  await expect(connection.send('get next\r\n')).rejects.toMatchObject({ name: 'StoreError' });
});

test('a node is not late because this process was busy when it answered', async () => {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(SERVER_OF_ITS_OWN, { eval: true, workerData: answered });
  const [address] = (await once(worker, 'message')) as [string];
  const connection = await Connection.open(address, { connect: 5000, command: 20 });
  const reply = connection.send('version\r\n');
  // It goes out with this turn. Then this process does nothing until the answer is there and its time is over.
  await turn();
  Atomics.wait(answered, 0, 0);
  const over = performance.now() + 40;
  while (performance.now() < over);
  expect(await reply).toEqual({ kind: 'status', text: 'VERSION 1' });
  connection.close();
  await worker.terminate();
});

test('a reply too many ends the connection, before it is taken for the next command’s', async () => {
  const connection = await misbehaving((socket) => socket.write('END\r\nVALUE b 0 1\r\nx\r\nEND\r\n'));
  expect(await connection.send('get a\r\n')).toEqual({ kind: 'values', values: [] });
  await expect(connection.send('get b\r\n')).rejects.toMatchObject({ name: 'StoreError' });
});

test('an error that Memcached answers fails its own command only', async () => {
  const connection = await misbehaving((socket) =>
    socket.write('SERVER_ERROR out of memory storing object\r\nSTORED\r\n'),
  );
  const [failed, stored] = await Promise.allSettled([
    connection.send('set a 0 0 1\r\nx\r\n'),
    connection.send('set b 0 0 1\r\nx\r\n'),
  ]);
  expect(failed).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('out of memory') as string },
  });
  expect(stored).toMatchObject({ status: 'fulfilled' });
  connection.close();
});

test('fails in one line for a server that is not there', async () => {
  server = await listenTcp(() => undefined);
  const { address } = server;
  await server.close();
  await expect(Connection.open(address, DEADLINES)).rejects.toThrow(`${address}: connect ECONNREFUSED`);
  server = undefined;
});

describe('a configuration endpoint', () => {
  const config = (text: string) => `CONFIG cluster 0 ${text.length}\r\n${text}\r\nEND\r\n`;
  const endpoint = async (reply: string) => {
    server = await listenTcp((socket) => socket.on('data', () => socket.write(reply)));
    return server.address;
  };

  test('tells the nodes by name, in an order of its own; they come back sorted', async () => {
    const reply = config('12\nb.cache.amazonaws.com|10.0.0.2|11211 a.cache.amazonaws.com||11211\n');
    expect(await discoverNodes(await endpoint(reply))).toEqual([
      'a.cache.amazonaws.com:11211',
      'b.cache.amazonaws.com:11211',
    ]);
  });

  test.each(['ERROR\r\n', 'END\r\n', config('12\n\n'), config('12\na;b|x|11211\n')])(
    'fails when it answers no list: %j',
    async (reply) => {
      await expect(discoverNodes(await endpoint(reply))).rejects.toMatchObject({ name: 'StoreError' });
    },
  );
});
