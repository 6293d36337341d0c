import { MemcachedPageStore } from '../../../../lambda/stores/memcached/page-store';
import { MemcachedReader } from '../../../../lambda/stores/memcached/store-reader';
import { type LocalMemcached, startMemcached } from '../../../../local/memcached';
import { listenTcp } from '../../../support/listening-servers';

const PAGE = Buffer.alloc(200, 'x');

let nodes: LocalMemcached[];
let store: MemcachedPageStore;
let reader: MemcachedReader;
beforeAll(async () => {
  nodes = [await startMemcached(), await startMemcached()];
  const names = nodes.map(({ address }) => address);
  store = new MemcachedPageStore({ nodes: names, commandTimeout: 10_000, connectTimeout: 10_000 });
  reader = new MemcachedReader({ nodes: names });
});
afterAll(async () => {
  await Promise.all([store.close(), reader.close()]);
  for (const node of nodes) await node.stop();
});

async function put(key: string, value: Buffer): Promise<void> {
  const { token } = await store.take(key, 60);
  await store.publish(token, value, Math.floor(Date.now() / 1000) + 600);
}

test('a reader finds what the store wrote, on its node, with what the node knows of it', async () => {
  await put('a', PAGE);
  expect(reader.nodeOf('a')).toBe(store.nodeOf('a'));
  const found = await reader.look('a');
  expect(found).toMatchObject({ value: PAGE, read: false });
  expect(found?.secondsLeft).toBeGreaterThan(500);
  expect(found?.secondsLeft).toBeLessThanOrEqual(600);
  expect((await reader.look('a'))?.read).toBe(true);
  expect(await reader.look('nothing')).toBeUndefined();
});

test('whether a page is stored is told without a use of it; a lease and a pass marker are none', async () => {
  await put('page', PAGE);
  await put('pass', Buffer.from('pass private'));
  await store.take('lease', 60);
  expect(await Promise.all(['page', 'pass', 'lease', 'nothing'].map((key) => reader.holdsPage(key)))).toEqual([
    ...[true, false, false, false],
  ]);
  expect((await store.usage('page'))?.read).toBe(false);
});

test('a node tells its statistics', async () => {
  const [node = ''] = reader.nodes;
  expect(await reader.stats(node)).toMatchObject({
    version: expect.stringMatching(/^1\.\d/) as string,
    limitBytes: 128 * 1024 * 1024,
    items: expect.any(Number) as number,
    evictions: 0,
  });
});

test('where a node refuses to tell, values are read all the same', async () => {
  const server = await listenTcp((socket) => {
    socket.on('data', (piece) => {
      const command = piece.toString('latin1');
      socket.write(command.startsWith('get ') ? 'VALUE a 0 2\r\nhi\r\nEND\r\n' : 'ERROR\r\n');
    });
  });
  const serverless = new MemcachedReader({ nodes: [server.address] });
  expect(await serverless.look('a')).toEqual({ value: Buffer.from('hi') });
  expect(await serverless.holdsPage('a')).toBeUndefined();
  expect(await serverless.stats(server.address)).toBeUndefined();
  await serverless.close();
  await server.close();
});

test.each(['', 'a b', 'a\r\nflush_all', 'x'.repeat(251)])('fails for what is no key: %j', async (key) => {
  await expect(reader.look(key)).rejects.toThrow('not a key of Memcached');
  await expect(reader.holdsPage(key)).rejects.toThrow('not a key of Memcached');
});
