import { cachePage } from '../../../lambda/core/cache-page';
import { invalidatedBy, invalidator, type UnsafeExchange } from '../../../lambda/core/invalidate';
import type { PurgeTools } from '../../../lambda/core/purge';
import { countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

const host = 'example.com';
const exchange = (fields: Partial<UnsafeExchange> = {}): UnsafeExchange => ({
  host,
  path: '/list',
  url: 'https://example.com/list?page=1',
  status: 200,
  headers: [],
  ...fields,
});
const groups = (value: string) => ({ headers: [['Cache-Group-Invalidation', value]] as const });

describe('an answer to an unsafe request invalidates', () => {
  const { config } = makeWorld();
  const url = { kind: 'url', host, path: '/list' };

  test.each([200, 201, 204, 302, 399, 99, 600])('its URL with status %i', (status) => {
    expect(invalidatedBy(config, exchange({ status }))).toEqual([url]);
  });

  test.each([400, 404, 500, 599])('nothing with status %i', (status) => {
    expect(invalidatedBy(config, exchange({ status, ...groups('"a"') }))).toEqual([]);
  });

  test('the groups that it names, of its own host', () => {
    expect(invalidatedBy(config, exchange(groups('"a", "b", "a"')))).toEqual([
      url,
      { kind: 'tag', tag: 'a', host },
      { kind: 'tag', tag: 'b', host },
    ]);
  });

  test.each(['a, b', '"a', '("a")', '"a b"'])('no group that is none: %s', (value) => {
    expect(invalidatedBy(config, exchange(groups(value)))).toEqual([url]);
  });

  test.each<[string, string | undefined]>([
    ['/other', '/other'],
    ['other', '/other'],
    ['../deep/./er?page=2#top', '/deep/er'],
    ['//example.com/other', '/other'],
    ['https://EXAMPLE.com:443/%6fther', '/other'],
    ['?page=2', '/list'],
    ['', '/list'],
    ['http://example.com/other', undefined],
    ['https://example.com:8443/other', undefined],
    ['https://www.example.com/other', undefined],
    ['https://example.com.evil.example/other', undefined],
    ['https://user@evil.example/other', undefined],
    ['https://other.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['https://:x/', undefined],
    ['/a%2Fb', undefined],
  ])('besides, of its own origin, where its Location or Content-Location is %j', (location, path) => {
    const also = path === undefined || path === '/list' ? [] : [{ kind: 'url', host, path }];
    for (const name of ['Location', 'content-location'])
      expect(invalidatedBy(config, exchange({ headers: [[name, location]] }))).toEqual([url, ...also]);
  });

  test('both locations, also of a target that is never cached, but no more than one of each name', () => {
    const headers = [
      ['Location', '/a'],
      ['Content-Location', '/b'],
      ['Location', '/c'],
    ] as const;
    const paths = ['/a', '/b'].map((path) => ({ kind: 'url', host, path }));
    expect(invalidatedBy(config, exchange({ path: undefined, url: 'https://example.com//x', headers }))).toEqual(paths);
  });

  test('no location where it is not known what the visitor asked for, or the answer is an error', () => {
    const headers = [['Location', '/a']] as const;
    expect(invalidatedBy(config, exchange({ url: '/list', headers }))).toEqual([url]);
    expect(invalidatedBy(config, exchange({ status: 500, headers }))).toEqual([]);
  });

  test('its URL where no answer came: what it did is not known', () => {
    expect(invalidatedBy(config, exchange({ status: undefined }))).toEqual([url]);
  });

  test('the whole host where it names more groups than a page can have', () => {
    const many = Array.from({ length: 129 }, (_, i) => `"g${i}"`).join();
    expect(invalidatedBy(config, exchange(groups(many)))).toEqual([{ kind: 'host', host }]);
  });

  test('groups alone for a path that is never cached', () => {
    expect(invalidatedBy(config, exchange({ path: undefined, ...groups('"a"') }))).toEqual([
      { kind: 'tag', tag: 'a', host },
    ]);
  });

  test('nothing of a host that is not the site\u2019s', () => {
    const { config: strict } = makeWorld({ hosts: ['example.org'] });
    expect(invalidatedBy(strict, exchange(groups('"a"')))).toEqual([]);
  });
});

describe('the answer', () => {
  let world: World;
  let failures: unknown[];
  beforeEach(() => {
    world = makeWorld();
    failures = [];
  });
  const make = (tools: Partial<PurgeTools> = {}) =>
    invalidator({ ...world, ...tools }, { failed: (_, error) => failures.push(error) });
  // Of the time that an answer waits at most, nothing passes in these tests unless they say so.
  const never = { wait: () => new Promise<void>(() => undefined) };

  test('goes out when the page is gone', async () => {
    const request = requestFor(world.config);
    await cachePage(countingView(), world)(request);
    await make()(exchange());
    expect(await world.pages.get(request.key)).toBeUndefined();
  });

  test('of many requests at once costs one purge and one more', async () => {
    let purges = 0;
    const record = world.index.record.bind(world.index);
    world.index.record = (entry) => ((purges += 1), record(entry));
    const invalidate = make(never);
    await Promise.all(Array.from({ length: 50 }, () => invalidate(exchange())));
    expect(purges).toBe(2);
    await Promise.all([invalidate(exchange()), invalidate(exchange({ path: '/other' }))]);
    expect(purges).toBe(4);
  });

  test('of a request that came while a purge ran waits for a purge that began after it', async () => {
    const began: number[] = [];
    let answered = 0;
    const record = world.index.record.bind(world.index);
    world.index.record = async (entry) => {
      began.push(answered);
      await record(entry);
    };
    const invalidate = make(never);
    const first = invalidate(exchange());
    answered = 1;
    await Promise.all([first, invalidate(exchange())]);
    expect(began).toEqual([0, 1]);
  });

  test('goes out all the same when the purge does not end in time', async () => {
    world.index.record = () => new Promise<void>(() => undefined);
    await make({ wait: () => Promise.resolve() })(exchange());
  });

  /** Waiting moves the clock on, but for the time that an answer waits at most. */
  const waiting = {
    wait: (milliseconds: number, signal?: AbortSignal) =>
      signal ? new Promise<void>(() => undefined) : Promise.resolve(void (world.clock.ms += milliseconds)),
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('goes out when the purge fails, which is tried again until it succeeds', async () => {
    const record = world.index.record.bind(world.index);
    let tries = 0;
    world.index.record = (entry) => ((tries += 1) < 5 ? Promise.reject(new Error('busy')) : record(entry));
    const request = requestFor(world.config);
    await cachePage(countingView(textPage('page', [['Cache-Control', 'max-age=86400']])), world)(request);
    await make(waiting)(exchange());
    await settled();
    expect([tries, failures.length, await world.pages.get(request.key)]).toEqual([5, 4, undefined]);
    // A second, then five times as long, up to a minute.
    expect(world.clock.ms - NOON).toBe(1000 + 5000 + 25_000 + 60_000);
  });

  test.each([0, 86_400])(
    'is not followed by tries without end: when all has expired (kept %i s), there are no more',
    async (keptFor) => {
      world = makeWorld({ storage: { keptFor } });
      world.index.record = () => Promise.reject(new Error('gone'));
      await make(waiting)(exchange());
      await settled();
      expect(world.clock.ms - NOON).toBeGreaterThanOrEqual((world.config.storage.maxTtl + keptFor) * 1000);
      expect(failures.length).toBeLessThan(4000);
    },
  );

  test('of very many requests whose purges fail leave one purge of everything to be tried again', async () => {
    const tried: number[] = [];
    world.index.record = ({ selectors }) => (tried.push(selectors.length), Promise.reject(new Error('gone')));
    const invalidate = make({ wait: () => new Promise<void>(() => undefined) });
    await Promise.all(Array.from({ length: 1500 }, (_, i) => invalidate(exchange({ path: `/${i}` }))));
    expect(tried).toHaveLength(1500);
    expect(failures).toHaveLength(1500);
  });

  test('costs no more than sixteen purges at once, whatever is asked for', async () => {
    let [running, most] = [0, 0];
    const record = world.index.record.bind(world.index);
    world.index.record = async (entry) => {
      most = Math.max(most, (running += 1));
      await record(entry);
      running -= 1;
    };
    const invalidate = make(never);
    await Promise.all(Array.from({ length: 100 }, (_, i) => invalidate(exchange({ path: `/${i}` }))));
    expect(most).toBe(16);
  });

  test('is not in the audit, which visitors could fill', async () => {
    await make()(exchange());
    for await (const records of world.index.purges(new Date(NOON).toISOString().slice(0, 10))) {
      expect(records).toEqual([]);
    }
  });
});
