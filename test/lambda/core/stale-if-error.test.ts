import { keptKey } from '../../../lib/site/kept-key';
import { cachePage } from '../../../lambda/core/cache-page';
import { fill } from '../../../lambda/core/fill';
import type { View } from '../../../lambda/core/fill-tools';
import { decodeKept } from '../../../lambda/core/kept-copy';
import { IndexError } from '../../../lambda/core/page-index';
import { decodePage } from '../../../lambda/core/page-format';
import { type PublishToken, StoreError } from '../../../lambda/core/page-store';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

let world: World;
let request: ReturnType<typeof requestFor>;
beforeEach(() => {
  world = makeWorld({ storage: { keptFor: 3600, staleIfError: 600 } });
  request = requestFor(world.config);
});

const cause = new Error('no origin');
const down: View = () => Promise.reject(cause);
const ask = (view: View, tools = world) => cachePage(view, tools)(request);
const kept = async () => {
  const value = await world.pages.get(keptKey(request.key) ?? '');
  return value && decodeKept(value);
};
const stored = async () => decodePage((await world.pages.get(request.key)) ?? Buffer.alloc(0))?.body.toString();
const expire = (seconds = 60) => (world.clock.ms += seconds * 1000);
const storeAndExpire = async (page = textPage('good', [['Cache-Tag', 'news']])) => {
  expect(await ask(countingView(page))).toMatchObject({ outcome: 'stored' });
  expire();
};
const stale = { kind: 'page', response: { body: Buffer.from('good') }, outcome: 'stale' };
const purgeAll = (mode = 'delete') => purge(parsePurgeRequest(world.config, { everything: true, mode }), world);

type AnyCall = (what: string | PublishToken, ...rest: unknown[]) => Promise<unknown>;
const exceptOfCopies =
  (call: AnyCall): AnyCall =>
  (what, ...rest) =>
    (typeof what === 'string' ? what : what.key) === request.key
      ? call(what, ...rest)
      : Promise.reject(new StoreError('gone'));

describe('a copy is kept', () => {
  test('of a stored page, beyond its lifetime, with what its headers do not say any more', async () => {
    await storeAndExpire();
    expect(await kept()).toEqual({
      page: { ...textPage('good'), times: { bornAt: NOON / 1000, freshUntil: NOON / 1000 + 60 } },
      freshUntil: NOON / 1000 + 60,
      tags: ['news'],
      validators: {},
    });
    world.clock.ms = NOON + 3_659_999;
    expect(await kept()).toBeDefined();
    world.clock.ms = NOON + 3_660_000;
    expect(await kept()).toBeUndefined();
  });

  test('of the newest page: by a fill, a push and a refresh', async () => {
    await storeAndExpire();
    await ask(countingView(textPage('two')));
    expect((await kept())?.page.body.toString()).toBe('two');
    await fill(world, countingView(textPage('three')), request, { over: 'anything' });
    expect((await kept())?.page.body.toString()).toBe('three');
    const refreshing = { ...world, view: countingView(textPage('four')) };
    await purge(parsePurgeRequest(world.config, { everything: true, mode: 'refresh' }), refreshing);
    expect([await stored(), (await kept())?.page.body.toString()]).toEqual(['four', 'four']);
  });

  test('not without keptFor: there is no other key, and no command for one', async () => {
    world = makeWorld();
    request = requestFor(world.config);
    const keys: string[] = [];
    const take = world.pages.take.bind(world.pages);
    world.pages.take = (key, lease) => (keys.push(key), take(key, lease));
    const remove = world.pages.remove.bind(world.pages);
    world.pages.remove = (removed, nodes) => (keys.push(...removed), remove(removed, nodes));
    await ask(countingView());
    await purgeAll();
    expect(keys).toEqual([request.key, request.key]);
  });

  test('not of a page that was purged while it was rendered, and its lease is given back', async () => {
    const view: View = async () => {
      await purgeAll();
      return textPage('older');
    };
    expect(await ask(view)).toMatchObject({ outcome: 'purged' });
    expect(await world.pages.get(keptKey(request.key) ?? '')).toBeUndefined();
  });

  test('no longer once the page may not be stored', async () => {
    await storeAndExpire();
    expect(await ask(countingView(textPage('mine', [['Cache-Control', 'private']])))).toMatchObject({ kind: 'pass' });
    expect(await kept()).toBeUndefined();
  });

  test('when a page of the origin’s failure cannot be stored', async () => {
    await storeAndExpire();
    world.config.storage.staleIfError = 0;
    await ask(countingView(textPage('sorry', [['Content-Encoding', 'br']], 503)));
    expect(await kept()).toBeDefined();
  });

  test.each(['take', 'publish', 'release'] as const)('or not, when a node does not answer to %s', async (call) => {
    const { pages } = world;
    const breaking = {
      take: pages.take.bind(pages),
      publish: pages.publish.bind(pages),
      release: pages.release.bind(pages),
    };
    Object.assign(pages, { [call]: exceptOfCopies(breaking[call] as AnyCall) });
    expect(await ask(countingView(textPage('good')))).toMatchObject({ outcome: 'stored' });
    expire();
    expect(await ask(countingView(textPage('mine', [['Set-Cookie', 'a=b']])))).toMatchObject({ reason: 'set-cookie' });
  });
});

describe('when the origin fails, the copy is answered', () => {
  test.each<[string, View]>([
    ['and the view throws', down],
    ...[500, 502, 503, 504].map((status): [string, View] => [
      `with ${status}`,
      () => Promise.resolve(textPage('sorry', [], status)),
    ]),
    [
      'with an error that has no form to store',
      () => Promise.resolve(textPage('x', [['Content-Encoding', 'br']], 500)),
    ],
  ])('%s', async (_, view) => {
    await storeAndExpire();
    expect(await ask(view)).toMatchObject(stale);
  });

  test('because it is late', async () => {
    await storeAndExpire();
    const never: View = () => new Promise(() => {});
    expect(await ask(never, { ...world, wait: () => Promise.resolve() })).toMatchObject(stale);
  });

  test('with the error behind it, for the log', async () => {
    await storeAndExpire();
    expect(await ask(down)).toMatchObject({ cause });
  });

  test('until it is too old', async () => {
    await storeAndExpire();
    expire(599.999);
    expect(await ask(down)).toMatchObject(stale);
    expire(0.001);
    expect(await ask(down)).toMatchObject({ kind: 'pass', reason: 'view-failed' });
  });

  test('also while it is fresh, where the page itself has vanished', async () => {
    await ask(countingView(textPage('good', [['Cache-Control', 'max-age=60, must-revalidate']])));
    await world.pages.remove([request.key], world.pages.nodes);
    expect(await ask(down)).toMatchObject(stale);
  });

  test('and is the page for a while, so that the origin is not asked by everybody', async () => {
    await storeAndExpire();
    const view = countingView(textPage('sorry', [], 503));
    expect(await ask(view)).toMatchObject(stale);
    expire(9.999);
    expect([await ask(view), view.renderings]).toMatchObject([{ ...stale, outcome: 'hit' }, 1]);
    expire(0.001);
    expect([await ask(view), view.renderings]).toMatchObject([stale, 2]);
  });

  test('and is the page no longer than it may be answered', async () => {
    await storeAndExpire();
    expire(598);
    await ask(down);
    expire(1.999);
    expect(await stored()).toBe('good');
    expire(0.001);
    expect(await stored()).toBeUndefined();
  });

  test('and is found by purges while it is the page', async () => {
    await storeAndExpire();
    await ask(down);
    const receipt = await purge(parsePurgeRequest(world.config, { tags: ['news'] }), world);
    expect(receipt).toMatchObject({ purged: true, pages: { found: 1, removed: 1 } });
    expect([await stored(), await kept()]).toEqual([undefined, undefined]);
  });

  test('and the page is fresh again when the origin is back', async () => {
    await storeAndExpire();
    await ask(down);
    expire(10);
    expect(await ask(countingView(textPage('new')))).toMatchObject({ outcome: 'stored' });
    expect([await stored(), (await kept())?.page.body.toString()]).toEqual(['new', 'new']);
  });

  test('also when the index does not answer: it is only not the page then', async () => {
    await storeAndExpire();
    world.index.addRows = () => Promise.reject(new IndexError('gone'));
    expect([await ask(down), await stored()]).toMatchObject([stale, undefined]);
  });
});

describe('when the origin fails, its failure is answered', () => {
  const passed = { kind: 'pass', reason: 'view-failed', cause };

  test('without a copy, and the place of one is given back', async () => {
    expect(await ask(down)).toEqual(passed);
    expect(await world.pages.get(keptKey(request.key) ?? '')).toBeUndefined();
  });

  test('where the page forbids it', async () => {
    await storeAndExpire(textPage('good', [['Cache-Control', 'max-age=60, must-revalidate']]));
    expect(await ask(down)).toEqual(passed);
  });

  test('where the error is none of a failing origin', async () => {
    await storeAndExpire();
    expect(await ask(countingView(textPage('no', [], 501)))).toMatchObject({ outcome: 'status' });
  });

  test('where the copy cannot be read', async () => {
    await storeAndExpire();
    const { token } = await world.pages.take(keptKey(request.key) ?? '', 30);
    await world.pages.publish(token, Buffer.from('{}'), NOON);
    expect(await ask(down)).toEqual(passed);
  });

  test('where the node of the copy does not answer', async () => {
    await storeAndExpire();
    world.pages.read = () => Promise.reject(new StoreError('gone'));
    expect(await ask(down)).toEqual(passed);
  });

  test.each(['delete', 'refresh'])('where the copy was purged while it did so (%s)', async (mode) => {
    await storeAndExpire();
    const view: View = async () => {
      await purgeAll(mode);
      throw cause;
    };
    expect(await ask(view)).toEqual(passed);
  });

  test('where the copy was purged while it did so, also when the index does not say that', async () => {
    await storeAndExpire();
    world.index.addRows = () => Promise.reject(new IndexError('gone'));
    const view: View = async () => {
      await purgeAll();
      throw cause;
    };
    expect(await ask(view)).toEqual(passed);
  });

  test('where the ring changed before the copy was taken, which then is not the page’s neighbour', async () => {
    world.pages.setNodes(['one:11211', 'two:11211']);
    await storeAndExpire();
    const node = world.pages.nodeOf(request.key);
    const take = world.pages.take.bind(world.pages);
    world.pages.take = async (...args) => {
      const other = node === 'one:11211' ? 'two:11211' : 'one:11211';
      // The page's key is taken where it belongs from then on, the copy's where the copy lies.
      world.pages.setNodes([args[0] === request.key ? other : node]);
      return take(...args);
    };
    expect(await ask(down)).toEqual(passed);
  });

  test('where somebody else has taken or removed the page meanwhile', async () => {
    await storeAndExpire();
    const view: View = async () => {
      await world.pages.remove([request.key], world.pages.nodes);
      throw cause;
    };
    expect([await ask(view), await stored()]).toEqual([passed, undefined]);
  });

  test('where the copy is purged while it becomes the page', async () => {
    await storeAndExpire();
    const addRows = world.index.addRows.bind(world.index);
    world.index.addRows = async (row) => {
      await addRows(row);
      await purgeAll();
    };
    expect([await ask(down), await stored()]).toEqual([passed, undefined]);
  });

  test('to a fill that no visitor waits for', async () => {
    await storeAndExpire();
    expect(await fill(world, down, request)).toEqual(passed);
  });

  test.each(['anything', 'page'] as const)(
    'to a push and a refresh, which bring a new page or none (%s)',
    async (over) => {
      await ask(countingView(textPage('good')));
      expect(await fill(world, down, request, { over })).toEqual(passed);
    },
  );
});

describe('simultaneous requests', () => {
  test('each read the copy themselves', async () => {
    await storeAndExpire();
    const cached = cachePage(down, world);
    expect(await Promise.all([cached(request), cached(request)])).toMatchObject([stale, stale]);
  });

  test('are not given a copy that a purge has removed since the first read it', async () => {
    await storeAndExpire();
    world.index.addRows = async () => {
      await purgeAll();
      throw new IndexError('gone');
    };
    const cached = cachePage(down, world);
    expect(await Promise.all([cached(request), cached(request)])).toMatchObject([
      stale,
      { kind: 'pass', reason: 'not-shared' },
    ]);
  });
});
