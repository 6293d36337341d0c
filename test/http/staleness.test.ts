import type { RequestListener } from 'node:http';
import { casePath, type Fields, type OriginAnswer, saying } from '../support/http-case';
import { ask, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { askedFor, askUntilStatus, isConditional, notModified, validating } from '../support/validating-origin';

const KEPT = 'fwd=uri-miss; stored; detail=kept';
const STORED = 'fwd=uri-miss; stored';
const REVALIDATED = 'hit; detail=stale-while-revalidate';
const FAILED = 'fwd=stale; detail=stale-if-error';
const TAG = '"one"';

let site: TestSite;

/** Has a page stored that lives for a second. */
async function storeForASecond(fields: Fields): Promise<{ path: string; body: string }> {
  const path = casePath('/stale');
  site.origin.on(path, saying({ fields: { ETag: TAG, ...fields } }));
  return { path, body: (await askUntilStatus(site, path, [STORED, KEPT])).body };
}

/** Has a page kept whose lifetime is over at once. */
async function store(fields: Fields): Promise<{ path: string; body: string }> {
  const path = casePath('/stale');
  site.origin.on(path, saying({ fields: { 'Cache-Control': 'max-age=0', ETag: TAG, ...fields } }));
  const { body } = await askUntilStatus(site, path, KEPT);
  return { path, body };
}

/** An origin that answers when it is let, and all later requests at once. */
function held(answer: RequestListener): { listener: RequestListener; let: () => void } {
  let go = () => undefined as void;
  const gone = new Promise<void>((resolve) => (go = resolve));
  return { listener: (...exchange) => void gone.then(() => answer(...exchange)), let: () => go() };
}

/** Asks until the page is no longer answered from the store, by nginx or, where its lookup was too late, by the writer. */
async function askUntilExpired(path: string): Promise<RawAnswer> {
  for (;;) {
    const answer = await ask(site.address, path);
    if (!['hit', 'fwd=uri-miss; collapsed'].includes(cacheStatus(answer))) return answer;
  }
}

describe('while an expired page is rendered anew or validated (RFC 5861 section 3),', () => {
  beforeAll(async () => (site = await startTestSite({ storage: { keptFor: 3600, keepNoCache: true } })));
  afterAll(() => site?.stop());

  const lasting = { 'Cache-Control': 'max-age=0, stale-while-revalidate=3600' };
  const asked = (path: string) => askedFor(site, path).filter(isConditional);

  test('all visitors are answered it at once, and the origin is asked once', async () => {
    const { path, body } = await storeForASecond({ 'Cache-Control': 'max-age=1, stale-while-revalidate=3600' });
    const origin = held(saying({ fields: { 'Cache-Control': 'max-age=60' }, body: 'new' }));
    site.origin.on(path, origin.listener);
    const first = await askUntilExpired(path);
    const others = await Promise.all(Array.from({ length: 20 }, () => ask(site.address, path)));
    for (const answer of [first, ...others]) {
      expect([answer.status, answer.body, cacheStatus(answer)]).toEqual([200, body, REVALIDATED]);
    }
    expect(asked(path)).toHaveLength(1);
    origin.let();
    expect(await askUntilStatus(site, path, 'hit')).toMatchObject({ body: 'new' });
  });

  test('it is answered with its age (RFC 9111 section 5.1)', async () => {
    const { path } = await store({ 'Cache-Control': 'max-age=5, stale-while-revalidate=3600', Age: '5' });
    const origin = held(saying(notModified()));
    site.origin.on(path, origin.listener);
    expect(Number((await ask(site.address, path)).headers.age)).toBeGreaterThanOrEqual(5);
    origin.let();
  });

  test('a 304 makes it the page again', async () => {
    const { path, body } = await store(lasting);
    const confirmed = notModified({ 'Cache-Control': 'max-age=60', ETag: TAG, 'X-New': '1' });
    site.origin.on(path, validating({ full: [{ body: 'never' }], conditional: [confirmed] }));
    expect(cacheStatus(await ask(site.address, path))).toBe(REVALIDATED);
    expect(await askUntilStatus(site, path, 'hit')).toMatchObject({ body, headers: { 'x-new': '1' } });
    expect(asked(path)).toHaveLength(1);
  });

  test('a failure of the origin leaves it as it is', async () => {
    const { path, body } = await store(lasting);
    site.origin.on(path, saying({ status: 503 }));
    expect(cacheStatus(await ask(site.address, path))).toBe(REVALIDATED);
    for (let times = 0; asked(path).length < 3; times += 1) {
      expect(await ask(site.address, path)).toMatchObject({ status: 200, body });
    }
  });

  test('it is never answered after a purge', async () => {
    const { path, body } = await store(lasting);
    const origin = held(saying(notModified({ ETag: TAG, 'Cache-Control': 'max-age=60' })));
    site.origin.on(path, origin.listener);
    expect(cacheStatus(await ask(site.address, path))).toBe(REVALIDATED);
    const urls = [`http://www.example.com${path}`];
    expect(await site.functions.purge.invoke({ urls })).toMatchObject({ purged: true });
    site.origin.on(path, saying({ fields: { 'Cache-Control': 'max-age=60' }, body: 'new' }));
    const waiting = ask(site.address, path);
    origin.let();
    expect((await waiting).body).not.toBe(body);
    expect(await askUntilStatus(site, path, 'hit')).toMatchObject({ body: 'new' });
  });

  test.each<[string, string, Fields]>([
    [
      'must-revalidate',
      '9111 section 5.2.2.2',
      { 'Cache-Control': 'max-age=0, stale-while-revalidate=60, must-revalidate' },
    ],
    [
      'proxy-revalidate',
      '9111 section 5.2.2.8',
      { 'Cache-Control': 'max-age=0, stale-while-revalidate=60, proxy-revalidate' },
    ],
    ['s-maxage', '9111 section 5.2.2.10', { 'Cache-Control': 's-maxage=0, stale-while-revalidate=60' }],
    ['no time for it', '5861 section 3', { 'Cache-Control': 'max-age=0, stale-while-revalidate=0' }],
    ['a time that is none', '5861 section 3', { 'Cache-Control': 'max-age=0, stale-while-revalidate=soon' }],
    ['no word of it', '9111 section 4.2.4', {}],
  ])('it is not answered with %s (RFC %s)', async (_, __, fields) => {
    const { path } = await store(fields);
    site.origin.on(path, saying({ fields: { 'Cache-Control': 'max-age=60' }, body: 'new' }));
    expect(await ask(site.address, path)).toMatchObject({ body: 'new' });
  });
});

describe('a site that has pages answered while they are rendered anew', () => {
  const storage = { keptFor: 3600, keepNoCache: true, staleWhileRevalidate: 3600, staleIfError: 3600 };
  beforeAll(async () => (site = await startTestSite({ storage, limits: { passMarkerTtl: 1 } })));
  afterAll(() => site?.stop());

  test('does so where they do not say for how long (RFC 5861 section 3)', async () => {
    const { path, body } = await store({});
    site.origin.on(path, saying({ fields: { 'Cache-Control': 'max-age=60' }, body: 'new' }));
    const answer = await ask(site.address, path);
    expect([answer.body, cacheStatus(answer)]).toEqual([body, REVALIDATED]);
  });

  test('and not where they say for how long', async () => {
    const { path } = await store({ 'Cache-Control': 'max-age=0, stale-while-revalidate=0' });
    site.origin.on(path, saying({ fields: { 'Cache-Control': 'max-age=60' }, body: 'new' }));
    expect(await ask(site.address, path)).toMatchObject({ body: 'new' });
  });
});

describe('when the origin fails as it is asked to validate a page (RFC 5861 section 4),', () => {
  beforeAll(async () => {
    site = await startTestSite({
      storage: { keptFor: 3600, keepNoCache: true, staleIfError: 3600 },
      limits: { passMarkerTtl: 1 },
    });
  });
  afterAll(() => site?.stop());

  const closes: RequestListener = (request) => void request.socket.destroy();
  const failing = (status: number): OriginAnswer => ({ status, body: 'sorry' });

  test.each<[string, RequestListener]>([
    ['by closing the connection', closes],
    ...[500, 502, 503, 504].map((status): [string, RequestListener] => [`with ${status}`, saying(failing(status))]),
  ])('%s, the page is answered stale', async (_, failure) => {
    const { path, body } = await store({});
    site.origin.on(path, failure);
    expect(await askUntilStatus(site, path, FAILED)).toMatchObject({ status: 200, body });
    expect(askedFor(site, path).filter(isConditional).length).toBeGreaterThanOrEqual(1);
  });

  test.each<[string, string, Fields]>([
    ['must-revalidate', '9111 section 5.2.2.2', { 'Cache-Control': 'max-age=0, must-revalidate' }],
    ['proxy-revalidate', '9111 section 5.2.2.8', { 'Cache-Control': 'max-age=0, proxy-revalidate' }],
    ['s-maxage', '9111 section 5.2.2.10', { 'Cache-Control': 's-maxage=0' }],
    ['no time for it', '5861 section 4', { 'Cache-Control': 'max-age=0, stale-if-error=0' }],
  ])('its failure is answered where the page says %s (RFC %s)', async (_, __, fields) => {
    const { path } = await store(fields);
    site.origin.on(path, saying(failing(503)));
    expect(await ask(site.address, path)).toMatchObject({ status: 503, body: 'sorry' });
  });
});

describe('a site with a fill function, which is frozen when it has answered,', () => {
  const storage = { keptFor: 3600, keepNoCache: true };
  beforeAll(async () => (site = await startTestSite({ storage }, { fill: 'function' })));
  afterAll(() => site?.stop());

  test('has a visitor wait while a stale page is validated, and is answered it when it holds', async () => {
    const { path, body } = await store({ 'Cache-Control': 'max-age=0, stale-while-revalidate=3600' });
    site.origin.on(path, saying(notModified({ ETag: TAG, 'Cache-Control': 'max-age=60' })));
    const answer = await ask(site.address, path);
    expect([answer.body, cacheStatus(answer)]).toEqual([body, 'fwd=stale; fwd-status=304; stored']);
    expect(askedFor(site, path).map(isConditional)).toEqual([false, true]);
  });

  test('answers others a stale page at once, while it is rendered anew for the first', async () => {
    const { path, body } = await store({ 'Cache-Control': 'max-age=0, stale-while-revalidate=3600' });
    const origin = held(saying({ fields: { 'Cache-Control': 'max-age=60' }, body: 'new' }));
    let asked = () => undefined as void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    site.origin.on(path, (...exchange) => {
      asked();
      origin.listener(...exchange);
    });
    const first = ask(site.address, path);
    await isAsked;
    const other = await ask(site.address, path);
    expect([other.body, cacheStatus(other)]).toEqual([body, REVALIDATED]);
    origin.let();
    expect(await first).toMatchObject({ body: 'new' });
  });
});
