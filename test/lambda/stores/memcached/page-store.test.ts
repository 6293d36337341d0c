import { readFileSync } from 'node:fs';
import { Client } from 'memjs';
import { MemcachedPageStore } from '../../../../lambda/stores/memcached/page-store';
import { type Certificate, makeCertificate } from '../../../../local/certificate';
import { type LocalMemcached, startMemcached } from '../../../../local/memcached';
import { fillUp, TINY } from '../../../support/broken-memcached';
import { listenTcp } from '../../../support/listening-servers';
import { exchange } from '../../../support/raw-http';
import { pageStoreTests } from '../page-store-suite';

let servers: LocalMemcached[] = [];
let tls: Certificate;
beforeAll(async () => (tls = await makeCertificate()));
afterAll(() => tls?.remove());
afterEach(() => jest.restoreAllMocks());

describe.each([
  ['memcached', false],
  ['memcached over TLS', true],
])('%s', (name, encrypted) => {
  pageStoreTests(
    name,
    async () => {
      const options = encrypted ? { tls } : {};
      servers = await Promise.all([startMemcached(options), startMemcached(options)]);
      const find = (node: string) => servers.find(({ address }) => address === node) as LocalMemcached;
      return {
        store: new MemcachedPageStore({
          nodes: servers.map(({ address }) => address),
          tls: encrypted ? { ca: readFileSync(tls.certificate) } : undefined,
          connectTimeout: 5000,
          commandTimeout: 5000,
        }),
        async restart(node) {
          await find(node).stop();
          servers.push(await startMemcached({ ...options, port: Number(node.split(':')[1]) }));
        },
        cutOff: (node) => find(node).stop(),
      };
    },
    async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  );
});

test.each<[string, { ca?: Buffer } | undefined, string]>([
  ['is checked with other certificates', {}, 'certificate'],
  ['is spoken to without TLS', undefined, 'connection'],
])('a node that %s is not believed', async (_, options, reason) => {
  const server = await startMemcached({ tls });
  const store = new MemcachedPageStore({ nodes: [server.address], tls: options, connectTimeout: 5000 });
  await expect(store.take('a', 30)).rejects.toThrow(reason);
  await store.close();
  await server.stop();
});

test('a node that failed is known to be away until somebody may try again, and the others are not', async () => {
  const [dead, alive] = [await startMemcached(), await startMemcached()];
  const store = new MemcachedPageStore({ nodes: [dead.address, alive.address], commandTimeout: 5000 });
  const keyOn = (node: LocalMemcached) =>
    Array.from({ length: 100 }, (_, i) => `k${i}`).find((key) => store.nodeOf(key) === node.address) as string;
  await dead.stop();
  expect(() => store.checkUp(keyOn(dead))).not.toThrow();
  await expect(store.take(keyOn(dead), 30)).rejects.toThrow(dead.address);
  expect(() => store.checkUp(keyOn(dead))).toThrow(dead.address);
  await store.take(keyOn(alive), 30);
  expect(() => store.checkUp(keyOn(alive))).not.toThrow();
  await store.close();
  await alive.stop();
});

test.each(['', 'a b', 'a\r\nflush_all', 'caf\u0151', 'x'.repeat(251)])(
  'fails for a key that could be another command: %j',
  async (key) => {
    const store = new MemcachedPageStore({ nodes: ['127.0.0.1:9'] });
    await expect(store.get(key)).rejects.toThrow('1 to 250 visible ASCII characters');
    await expect(store.remove([key], [])).rejects.toThrow('1 to 250 visible ASCII characters');
  },
);

test('a key with bytes from 0x80 on, of an application that stores its pages itself, is removed', async () => {
  const server = await startMemcached();
  const store = new MemcachedPageStore({ nodes: [server.address] });
  await exchange(server.address, 'set site1./caf\xc3\xa9 0 0 4\r\npage\r\nquit\r\n');
  const removed = await store.remove(['site1./caf\xc3\xa9'], [server.address]);
  expect(removed).toEqual([{ node: server.address, removed: 1 }]);
  await store.close();
  await server.stop();
});

test('another client reads a published page byte for byte', async () => {
  const server = await startMemcached();
  const store = new MemcachedPageStore({ nodes: [server.address] });
  const page = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n' + '\0\r\nEND\r\n'.repeat(37_500),
    'latin1',
  );
  const { token } = await store.take('a', 30);
  await store.publish(token, page, Math.floor(Date.now() / 1000) + 60);
  const witness = Client.create(server.address);
  expect((await witness.get('a')).value?.equals(page)).toBe(true);
  witness.close();
  await store.close();
  await server.stop();
});

test.each([1.5, NaN, Infinity])('fails for a time that Memcached would not read: %d', async (seconds) => {
  const server = await startMemcached();
  const store = new MemcachedPageStore({ nodes: [server.address] });
  const { token } = await store.take('a', 30);
  await expect(store.publish(token, Buffer.from('set victim 0 0 1\r\nx\r\n'), seconds)).rejects.toThrow('whole number');
  await expect(store.take('b', seconds)).rejects.toThrow('whole number');
  expect(await store.get('victim')).toBeUndefined();
  await store.close();
  await server.stop();
});

test('a connection whose replies have shifted is given up', async () => {
  const answers = ['VALUE other 0 1\r\nx\r\nEND\r\n', 'VALUE a 0 1\r\ny\r\nEND\r\n'];
  let connections = 0;
  const server = await listenTcp((socket) => {
    connections += 1;
    socket.on('data', () => socket.write(answers.shift() ?? ''));
  });
  const store = new MemcachedPageStore({ nodes: [server.address] });
  await expect(store.get('a')).rejects.toThrow('answered something else');
  expect(await store.get('a')).toEqual(Buffer.from('y'));
  expect(connections).toBe(2);
  await store.close();
  await server.close();
});

test('a node that does not answer costs one fill of a second a time-out, and every purge its own', async () => {
  jest.spyOn(performance, 'now').mockReturnValue(0);
  const commands: string[] = [];
  const server = await listenTcp((socket) =>
    socket.on('data', (data) => void commands.push(data.toString('latin1').split(' ')[0] ?? '')),
  );
  const store = new MemcachedPageStore({ nodes: [server.address], commandTimeout: 50, removeTimeout: 50 });
  for (let i = 0; i < 3; i += 1) await expect(store.take(`a${i}`, 30)).rejects.toMatchObject({ name: 'StoreError' });
  expect(commands).toEqual(['add']);
  for (let i = 0; i < 2; i += 1) {
    expect(await store.remove(['a'], store.nodes)).toMatchObject([
      { error: expect.stringContaining('no reply') as string },
    ]);
  }
  expect(commands).toEqual(['add', 'version\r\n', 'version\r\n']);
  await store.close();
  await server.close();
});

test('a lease is given back also where memcached has no memory left to write that', async () => {
  const server = await startMemcached({ options: TINY });
  const store = new MemcachedPageStore({ nodes: [server.address] });
  const page = Buffer.alloc(300);
  await fillUp(server, 1, [0, 300]);
  // Makes room for one lease, and none for a page.
  await store.remove(['full-0-0-'], store.nodes);
  const { state, token } = await store.take('a', 30);
  expect(state).toBe('taken');
  await expect(store.publish(token, page, Math.floor(Date.now() / 1000) + 60)).rejects.toThrow('out of memory');
  await store.release(token);
  expect(await store.get('a')).toBeUndefined();
  await store.close();
  await server.stop();
});
