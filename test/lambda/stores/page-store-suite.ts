import { keptKey } from '../../../lib/site/kept-key';
import type { PageStore } from '../../../lambda/core/page-store';

/** A store under test, with the means to break it. */
export interface StoreUnderTest {
  readonly store: PageStore;
  /** Restarts a node: it loses what it holds and counts its tokens from one again. */
  restart(node: string): Promise<void>;
  /** Makes a node unreachable for good. */
  cutOff(node: string): Promise<void>;
}

const PAGE = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\0\r\nx');
const inAMinute = () => Math.floor(Date.now() / 1000) + 60;

/** What every page store does: the same for all of them. `make` gives one with two nodes. */
export function pageStoreTests(name: string, make: () => Promise<StoreUnderTest>, clean: () => Promise<void>): void {
  describe(`page store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: PageStore;
    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(async () => {
      await store.close();
      await clean();
    });

    test('a free key is taken once; others see the lease', async () => {
      expect((await store.take('a', 30)).state).toBe('taken');
      expect((await store.take('a', 30)).state).toBe('lease');
      expect(await store.get('a')).toEqual(Buffer.alloc(0));
    });

    test('a published page is read as it was written, and found by whoever takes the key', async () => {
      const { token } = await store.take('a', 30);
      expect(await store.publish(token, PAGE, inAMinute())).toBe(true);
      expect(await store.get('a')).toEqual(PAGE);
      expect(await store.take('a', 30)).toMatchObject({ state: 'page', value: PAGE });
    });

    test('a pass marker is told from a page', async () => {
      const { token } = await store.take('a', 30);
      await store.publish(token, Buffer.from('pass private'), inAMinute());
      expect((await store.take('a', 30)).state).toBe('pass');
    });

    test('what is told of a page: about its size, and whether it was read since it was written; asking is no reading', async () => {
      const near = (bytes: number) => expect.closeTo(bytes, -1.5) as number;
      const written = (bytes: number) => ({
        bytes: near(bytes),
        read: false,
        idleSeconds: expect.any(Number) as number,
      });
      expect(await store.usage('a')).toBeUndefined();
      const { token } = await store.take('a', 30);
      const large = Buffer.alloc(5000, 'x');
      await store.publish(token, large, inAMinute());
      expect([await store.usage('a'), await store.usage('a')]).toEqual([written(5000), written(5000)]);
      await store.get('a');
      expect(await store.usage('a')).toEqual({ ...written(5000), read: true });
      const again = await store.take('a', 30);
      await store.publish(again.token, PAGE, inAMinute());
      expect(await store.usage('a')).toEqual(written(PAGE.length));
    });

    test('what was removed meanwhile is not published', async () => {
      const { token } = await store.take('a', 30);
      await store.remove(['a'], store.nodes);
      expect(await store.publish(token, PAGE, inAMinute())).toBe(false);
      expect(await store.get('a')).toBeUndefined();
    });

    test('what was removed and taken again meanwhile is not published over the other writer', async () => {
      const { token } = await store.take('a', 30);
      await store.remove(['a'], store.nodes);
      const other = await store.take('a', 30);
      expect(await store.publish(token, PAGE, inAMinute())).toBe(false);
      expect(await store.publish(other.token, PAGE, inAMinute())).toBe(true);
    });

    test('what was taken before its node was emptied is not published, what is taken after it is', async () => {
      const { token } = await store.take('a', 30);
      const { token: other } = await store.take('b', 30);
      expect(await store.publish(other, PAGE, inAMinute())).toBe(true);
      expect(await store.flush(store.nodes)).toEqual(store.nodes.map((node) => ({ node, flushed: true })));
      expect(await store.publish(token, PAGE, inAMinute())).toBe(false);
      expect([await store.get('a'), await store.get('b')]).toEqual([undefined, undefined]);
      const again = await store.take('a', 30);
      expect(again.state).toBe('taken');
      expect(await store.publish(again.token, PAGE, inAMinute())).toBe(true);
      expect(await store.get('a')).toEqual(PAGE);
    });

    test('a token serves one publication', async () => {
      const { token } = await store.take('a', 30);
      expect([await store.publish(token, PAGE, inAMinute()), await store.publish(token, PAGE, inAMinute())]).toEqual([
        true,
        false,
      ]);
    });

    test('a token of before a restart of its node is worth nothing, though the node counts from one again', async () => {
      const { token } = await store.take('a', 30);
      await under.restart(store.nodeOf('a'));
      // The node's first token is the one that we hold.
      const other = await takeWhenBack(store, 'a');
      expect(await store.publish(token, PAGE, inAMinute())).toBe(false);
      expect(await store.publish(other.token, PAGE, inAMinute())).toBe(true);
    });

    test('a token reads what lies there now', async () => {
      const { token } = await store.take('a', 30);
      expect(await store.read(token)).toEqual(Buffer.alloc(0));
      await store.publish(token, PAGE, inAMinute());
      expect(await store.read(token)).toEqual(PAGE);
      await store.remove(['a'], store.nodes);
      expect(await store.read(token)).toBeUndefined();
    });

    test('a token of before a restart of its node reads nothing', async () => {
      const { token } = await store.take('a', 30);
      await under.restart(store.nodeOf('a'));
      await takeWhenBack(store, 'a');
      expect(await store.read(token)).toBeUndefined();
    });

    test('a kept copy lies on its page’s node', async () => {
      const pageKeys = Array.from({ length: 40 }, (_, i) => `test:1.0123abcdk:${String(i).padStart(32, '0')}`);
      expect(new Set(pageKeys.map((key) => store.nodeOf(key))).size).toBe(2);
      for (const key of pageKeys) {
        const page = await store.take(key, 30);
        const copy = await store.take(keptKey(key) as string, 30);
        expect([copy.state, copy.token.node]).toEqual(['taken', page.token.node]);
      }
    });

    test('a lease that is given back frees the key; one that is lost leaves the other writer alone', async () => {
      const first = await store.take('a', 30);
      await store.release(first.token);
      expect((await store.take('a', 30)).state).toBe('taken');
      await store.release(first.token);
      expect((await store.take('a', 30)).state).toBe('lease');
    });

    test('a page of the past is not there', async () => {
      const { token } = await store.take('a', 30);
      await store.publish(token, PAGE, Math.floor(Date.now() / 1000) - 1);
      expect(await store.get('a')).toBeUndefined();
    });

    test('removing tells for each node how many keys it held, ring or no ring', async () => {
      const keys = Array.from({ length: 1200 }, (_, i) => `key-${i}`);
      for (const key of keys.slice(0, 40)) await store.take(key, 30);
      const results = await store.remove(keys, store.nodes);
      expect(results.map(({ node }) => node).sort()).toEqual([...store.nodes].sort());
      expect(results.reduce((sum, { removed = 0 }) => sum + removed, 0)).toBe(40);
    });

    test('a node that is out of reach fails its own keys, and is named by a removal', async () => {
      const [dead, alive] = store.nodes as [string, string];
      await under.cutOff(dead);
      const keyOf = (node: string) =>
        Array.from({ length: 100 }, (_, i) => `k${i}`).find((key) => store.nodeOf(key) === node) as string;
      await expect(store.take(keyOf(dead), 30)).rejects.toMatchObject({ name: 'StoreError' });
      expect((await store.take(keyOf(alive), 30)).state).toBe('taken');
      const results = await store.remove(['x'], [dead, alive]);
      expect(results).toEqual([
        { node: dead, error: expect.stringContaining(dead) as string },
        { node: alive, removed: 0 },
      ]);
    });
  });
}

// A node that was just lost is left alone for a moment.
async function takeWhenBack(store: PageStore, key: string): ReturnType<PageStore['take']> {
  for (;;) {
    try {
      return await store.take(key, 30);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
