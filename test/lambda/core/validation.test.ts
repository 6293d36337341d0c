import { keptKey } from '../../../lib/site/kept-key';
import { cachePage } from '../../../lambda/core/cache-page';
import { fill } from '../../../lambda/core/fill';
import type { View } from '../../../lambda/core/fill-tools';
import { decodeKept } from '../../../lambda/core/kept-copy';
import type { HeaderPair, PageResponse } from '../../../lambda/core/page';
import { decodePage } from '../../../lambda/core/page-format';
import { IndexError } from '../../../lambda/core/page-index';
import { StoreError } from '../../../lambda/core/page-store';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import type { Validators } from '../../../lambda/core/validators';
import { allRows, countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

let world: World;
let request: ReturnType<typeof requestFor>;
beforeEach(() => {
  world = makeWorld({ storage: { keptFor: 3600 } });
  request = requestFor(world.config);
});

const ETAG: HeaderPair = ['ETag', '"1"'];
const DATE = 'Sun, 01 Mar 2026 12:01:00 GMT';
const notModified = (headers: readonly HeaderPair[] = [['Date', DATE]]): PageResponse => ({
  ...{ status: 304, headers, body: Buffer.of() },
});
const ask = (view: View, tools = world) => cachePage(view, tools)(request);
const stored = async () => decodePage((await world.pages.get(request.key)) ?? Buffer.of());
const kept = async () => decodeKept((await world.pages.get(keptKey(request.key) ?? '')) ?? Buffer.of());
const purgeAll = () => purge(parsePurgeRequest(world.config, { everything: true }), world);
const storeAndExpire = async (...headers: HeaderPair[]) => {
  expect(await ask(countingView(textPage('good', [ETAG, ['Cache-Tag', 'news'], ...headers])))).toMatchObject({
    outcome: 'stored',
  });
  world.clock.ms += 60_000;
};

/** An origin that answers these in turn, and what it was asked with. */
function origin(...answers: (PageResponse | Error)[]): View & { asked: (Validators | undefined)[] } {
  const asked: (Validators | undefined)[] = [];
  const view: View = (_, __, validators) => {
    asked.push(validators);
    const answer = answers.shift() ?? new Error('asked too often');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return Object.assign(view, { asked });
}

describe('a 304', () => {
  test('stores the copy as the page and keeps it again, with its new times and its tags', async () => {
    await storeAndExpire();
    const view = origin(notModified());
    expect(await ask(view)).toMatchObject({ outcome: 'validated', response: { body: Buffer.from('good') } });
    expect(view.asked).toEqual([{ etag: '"1"' }]);
    const [bornAt, freshUntil] = [NOON / 1000 + 60, NOON / 1000 + 120];
    expect(await stored()).toMatchObject({ body: Buffer.from('good'), times: { bornAt, freshUntil } });
    expect(await kept()).toMatchObject({ freshUntil, tags: ['news'], validators: { etag: '"1"' } });
    expect((await allRows(world.index)).map(({ tags, storedUntil }) => [tags, storedUntil])).toEqual([
      [['news'], freshUntil],
    ]);
  });

  test('without a date counts from now', async () => {
    await storeAndExpire(['Age', '30']);
    world.clock.ms += 1000;
    await ask(origin(notModified([])));
    expect((await stored())?.headers).toContainEqual(['Date', 'Sun, 01 Mar 2026 12:01:01 GMT']);
    expect((await stored())?.times).toEqual({ bornAt: NOON / 1000 + 61, freshUntil: NOON / 1000 + 121 });
  });

  test('names the page’s tags anew', async () => {
    await storeAndExpire();
    await ask(origin(notModified([['Cache-Tag', 'sports']])));
    expect((await kept())?.tags).toEqual(['sports']);
  });

  test.each<[string, HeaderPair, string]>([
    ['private', ['Cache-Control', 'private'], 'private'],
    ['a cookie', ['Set-Cookie', 'a=b'], 'set-cookie'],
    ['a Vary that the key does not cover', ['Vary', 'X-User'], 'vary'],
    ['a lifetime of zero', ['Cache-Control', 'max-age=0'], 'expired'],
    ['a header that cannot be written', ['X', '\n'], 'bad-header'],
  ])('with %s is judged as a rendering is, and the copy goes', async (_, header, reason) => {
    await storeAndExpire();
    expect(await ask(origin(notModified([header])))).toMatchObject({ kind: 'pass', reason });
    expect([await stored(), await kept()]).toEqual([undefined, undefined]);
  });

  test('that nobody asked for is no page', async () => {
    expect(await ask(origin(notModified()))).toMatchObject({ kind: 'pass', reason: 'status' });
    expect(await kept()).toBeUndefined();
  });

  test('about something else is not used: the page is asked for anew, in the time that is left', async () => {
    await storeAndExpire();
    const times: number[] = [];
    const tools = { ...world, wait: (ms: number) => (times.push(ms), new Promise<void>(() => {})) };
    const asked = origin(notModified([['ETag', '"2"']]), textPage('new'));
    const view: View = (...args) => {
      world.clock.ms += 10_000;
      return asked(...args);
    };
    expect(await ask(view, tools)).toMatchObject({ outcome: 'stored', response: { body: Buffer.from('new') } });
    expect([asked.asked, times]).toEqual([
      [{ etag: '"1"' }, undefined],
      [25_000, 15_000],
    ]);
  });

  test('is shared by those who joined', async () => {
    await storeAndExpire();
    const cached = cachePage(origin(notModified()), world);
    const body = Buffer.from('good');
    expect(await Promise.all([cached(request), cached(request)])).toMatchObject([
      { outcome: 'validated', response: { body } },
      { outcome: 'hit', response: { body } },
    ]);
  });
});

describe('a copy of which the origin says that it holds is not answered', () => {
  const confirming =
    (meanwhile: () => Promise<unknown>): View =>
    async () => {
      await meanwhile();
      return notModified();
    };

  test('where it was purged while the origin was asked', async () => {
    await storeAndExpire();
    expect(await ask(confirming(purgeAll))).toMatchObject({ kind: 'pass', reason: 'purged' });
    expect([await stored(), await kept()]).toEqual([undefined, undefined]);
  });

  test('where its page was taken away meanwhile', async () => {
    await storeAndExpire();
    const view = confirming(() => world.pages.remove([request.key], world.pages.nodes));
    expect(await ask(view)).toMatchObject({ kind: 'pass', reason: 'lost' });
  });

  test('where it was purged and the index does not say so', async () => {
    await storeAndExpire();
    world.index.addRows = () => Promise.reject(new IndexError('gone'));
    expect(await ask(confirming(purgeAll))).toMatchObject({ kind: 'pass', reason: 'index-unreachable' });
  });

  test('but where only the index does not answer', async () => {
    await storeAndExpire();
    world.index.addRows = () => Promise.reject(new IndexError('gone'));
    expect(await ask(origin(notModified()))).toMatchObject({ kind: 'page', outcome: 'index-unreachable' });
  });
});

describe('the origin is not asked about a copy', () => {
  const isAsked = async (options: Parameters<typeof fill>[3]) => {
    const view = origin(textPage('new', [ETAG]));
    await fill(world, view, request, options);
    return view.asked;
  };

  test.each<Parameters<typeof fill>[3]>([{ over: 'page' }, { over: 'anything' }])(
    'by what brings a new page (%j)',
    async (options) => {
      await ask(countingView(textPage('good', [ETAG])));
      expect(await isAsked(options)).toEqual([undefined]);
    },
  );

  test('where it has no validator of the origin’s, but of ours', async () => {
    world = makeWorld({ storage: { keptFor: 3600, makeEtags: true } });
    request = requestFor(world.config);
    await ask(countingView(textPage('good')));
    expect((await stored())?.headers.map(([name]) => name)).toContain('ETag');
    world.clock.ms += 60_000;
    const view = origin(textPage('new'));
    await ask(view);
    expect(view.asked).toEqual([undefined]);
  });

  test('where its place cannot be taken', async () => {
    await storeAndExpire();
    const take = world.pages.take.bind(world.pages);
    world.pages.take = (key, lease) =>
      key === request.key ? take(key, lease) : Promise.reject(new StoreError('gone'));
    const view = origin(textPage('new'));
    expect(await ask(view)).toMatchObject({ outcome: 'stored' });
    expect(view.asked).toEqual([undefined]);
  });
});

test('a page that is refreshed ahead of its end is asked about', async () => {
  await ask(countingView(textPage('good', [ETAG])));
  const view = origin(notModified());
  expect(await fill(world, view, request, { over: 'page', validate: true })).toMatchObject({ outcome: 'validated' });
  expect(view.asked).toEqual([{ etag: '"1"' }]);
});

test('an origin that fails when it is asked about a copy may be answered stale', async () => {
  world = makeWorld({ storage: { keptFor: 3600, staleIfError: 600 } });
  request = requestFor(world.config);
  await storeAndExpire();
  expect(await ask(origin(new Error('gone')))).toMatchObject({ outcome: 'stale' });
});

test('a page whose body is coded anew is asked about by the origin’s own tag', async () => {
  const body = 'words '.repeat(200);
  await ask(countingView(textPage(body, [ETAG])));
  world.clock.ms += 60_000;
  const view = origin(notModified([ETAG]));
  const before = await kept();
  expect(await ask(view)).toMatchObject({ outcome: 'validated', response: { body: before?.page.body } });
  expect(view.asked).toEqual([{ etag: '"1"' }]);
  expect((await stored())?.headers).toEqual(
    expect.arrayContaining([
      ['ETag', 'W/"1"'],
      ['Content-Encoding', 'gzip'],
    ]),
  );
});
