import { setImmediate as turn } from 'node:timers/promises';
import { Connection } from '../../../../lambda/stores/memcached/connection';
import { MemcachedNode } from '../../../../lambda/stores/memcached/node';
import { listenTcp, type ListeningServer } from '../../../support/listening-servers';

const VERSION = 'VERSION 1.6.18\r\n';

let server: ListeningServer & { connections: number; commands: string[]; answer: string };
let node: MemcachedNode<Connection>;
let now: number;
let deadlines: { connect: number; command: number };
beforeEach(async () => {
  server = await listenSilently();
  now = 0;
  deadlines = { connect: 30_000, command: 50 };
  const open = (onLate: (error: Error) => void) => Connection.open(server.address, deadlines, undefined, onLate);
  node = new MemcachedNode(server.address, open, () => now);
});
afterEach(async () => {
  await node.close();
  await server.close();
});

/** A server that accepts, counts what it gets, and answers what it is told to: nothing at first. */
async function listenSilently(port?: number): Promise<typeof server> {
  const listening = await listenTcp((socket) => {
    counted.connections += 1;
    socket.on('data', (data) => {
      counted.commands.push(data.toString('latin1').trim());
      socket.write(counted.answer);
    });
  }, port);
  const counted = { ...listening, connections: 0, commands: [] as string[], answer: '' };
  return counted;
}

/** From now on the server answers. However busy this machine is, it then is in time. */
function speak(): void {
  server.answer = VERSION;
  deadlines.command = 30_000;
}

const silence = async () => {
  await expect((await node.connect()).send('get a\r\n')).rejects.toThrow('no reply within 50 ms');
};

/** Asks until there is a connection: nobody waits for what finds out that the node is back. */
async function whenBack(): Promise<Connection> {
  for (;;) {
    const connection = await node.connect().catch(() => undefined);
    if (connection !== undefined) return connection;
    await turn();
  }
}

test('a node that accepts and does not answer is left alone for a second', async () => {
  await silence();
  now = 999;
  for (let i = 0; i < 3; i += 1) await expect(node.connect()).rejects.toThrow('no reply within 50 ms');
  expect(server).toMatchObject({ connections: 1, commands: ['get a'] });
});

test('after that second, the first who asks has it tried, nobody waits, and it is left alone for another one', async () => {
  await silence();
  now = 1000;
  for (let i = 0; i < 3; i += 1) await expect(node.connect()).rejects.toThrow('no reply within 50 ms');
  // Waits for the end of what the first has begun: nobody has waited for it.
  expect(server.commands).toEqual(['get a']);
  await expect(node.connect(true)).rejects.toThrow('no reply within 50 ms');
  now = 1999;
  await expect(node.connect()).rejects.toThrow('no reply within 50 ms');
  expect(server).toMatchObject({ connections: 2, commands: ['get a', 'version'] });
});

test('a node that answers again is used again after the second', async () => {
  await silence();
  speak();
  now = 1000;
  expect(await (await whenBack()).send('version\r\n')).toEqual({ kind: 'status', text: VERSION.trim() });
  expect(server).toMatchObject({ connections: 2, commands: ['get a', 'version', 'version'] });
});

test('a patient caller asks a node that has just been silent', async () => {
  await silence();
  speak();
  const connection = await node.connect(true);
  // Which then is a node like any other, for everybody.
  expect(await node.connect()).toBe(connection);
  connection.close();
  await node.connect();
  expect(server).toMatchObject({ connections: 3, commands: ['get a', 'version'] });
});

test('a node that refuses is left alone for a second, too', async () => {
  const port = Number(server.address.split(':')[1]);
  await server.close();
  await expect(node.connect()).rejects.toThrow('ECONNREFUSED');
  server = await listenSilently(port);
  speak();
  now = 999;
  await expect(node.connect()).rejects.toThrow('ECONNREFUSED');
  expect(server.connections).toBe(0);
  now = 1000;
  await whenBack();
  expect(server.connections).toBe(1);
});

test('a connection that only breaks is made again at once', async () => {
  const connection = await node.connect();
  connection.close();
  await node.connect();
  expect(server).toMatchObject({ connections: 2, commands: [] });
});

test('fails after it was closed, also for a connection that was just being made', async () => {
  const opening = node.connect();
  await node.close();
  expect((await opening).usable).toBe(false);
  await expect(node.connect()).rejects.toThrow('the store is closed');
});
