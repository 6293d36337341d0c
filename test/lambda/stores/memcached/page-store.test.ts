import { Client } from 'memjs';
import { MemcachedPageStore } from '../../../../lambda/stores/memcached/page-store';
import { type LocalMemcached, startMemcached } from '../../../../local/memcached';
import { pageStoreTests } from '../page-store-suite';

let servers: LocalMemcached[] = [];

pageStoreTests(
  'memcached',
  async () => {
    servers = await Promise.all([startMemcached(), startMemcached()]);
    const find = (node: string) => servers.find(({ address }) => address === node) as LocalMemcached;
    return {
      store: new MemcachedPageStore({ nodes: servers.map(({ address }) => address) }),
      async restart(node) {
        await find(node).stop();
        servers.push(await startMemcached({ port: Number(node.split(':')[1]) }));
      },
      cutOff: (node) => find(node).stop(),
    };
  },
  async () => {
    await Promise.all(servers.map((server) => server.stop()));
  },
);

test.each(['', 'a b', 'a\r\nflush_all', 'caf\u00e9', 'x'.repeat(251)])(
  'fails for a key that could be another command: %j',
  async (key) => {
    const store = new MemcachedPageStore({ nodes: ['127.0.0.1:9'] });
    await expect(store.get(key)).rejects.toThrow('1 to 250 visible ASCII characters');
    await expect(store.remove([key], [])).rejects.toThrow('1 to 250 visible ASCII characters');
  },
);

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
