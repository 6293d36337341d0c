import { encodePage, encodePassMarker } from '../../../lambda/core/page-format';
import { UsageUnknownError } from '../../../lambda/core/page-store';
import { STORAGE_REASONS, FILL_REASONS, type Reason } from '../../../lambda/core/reasons';
import { storedForm } from '../../../lambda/core/stored-form';
import { holdsPage } from '../../../lambda/core/usage';
import { MemcachedPageStore } from '../../../lambda/stores/memcached/page-store';
import { type LocalMemcached, startMemcached } from '../../../local/memcached';
import { makeWorld, NOON } from './page-cache-world';

let memcached: LocalMemcached;
let store: MemcachedPageStore;
beforeAll(async () => {
  memcached = await startMemcached();
  store = new MemcachedPageStore({ nodes: [memcached.address] });
});
afterAll(async () => {
  await store.close();
  await memcached.stop();
});

async function put(key: string, value: Buffer): Promise<void> {
  const { token } = await store.take(key, 30);
  expect(await store.publish(token, value, Math.floor(Date.now() / 1000) + 60)).toBe(true);
}

// Keys of every length, because the nodes tell the size of all of an item.
describe.each(['k', 'k'.repeat(50), 'k'.repeat(250)])('under a key of its length (%#)', (key) => {
  test('a page is one, the smallest too', async () => {
    const form = await storedForm({ status: 200, headers: [], body: Buffer.alloc(0) }, makeWorld().config, NOON);
    await put(key, encodePage((form as { page: never }).page));
    expect(await holdsPage(store, key)).toBe(true);
  });

  test('nothing else is: no key, a lease, a pass marker of any reason', async () => {
    await store.remove([key], store.nodes);
    expect(await holdsPage(store, key)).toBe(false);
    await store.take(key, 30);
    expect(await holdsPage(store, key)).toBe(false);
    for (const reason of [...Object.keys(STORAGE_REASONS), ...Object.keys(FILL_REASONS)]) {
      await put(key, encodePassMarker(reason as Reason));
      expect([reason, await holdsPage(store, key)]).toEqual([reason, false]);
    }
  });
});

test('where the nodes do not tell, the value is looked at', async () => {
  const { pages, now } = makeWorld();
  const put = async (key: string, value: string) => {
    const { token } = await pages.take(key, 30);
    await pages.publish(token, Buffer.from(value), Math.floor(now() / 1000) + 60);
  };
  await put('page', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  await put('pass', 'pass private');
  pages.usage = () => Promise.reject(new UsageUnknownError('one:11211', new Error('ERROR')));
  expect(await Promise.all(['page', 'pass', 'none'].map((key) => holdsPage(pages, key)))).toEqual([true, false, false]);
});
