import { keptKey } from '../../../lib/site/kept-key';
import { cachePage } from '../../../lambda/core/cache-page';
import { fill } from '../../../lambda/core/fill';
import type { View } from '../../../lambda/core/fill-tools';
import { decodeKept } from '../../../lambda/core/kept-copy';
import type { HeaderPair, PageResponse } from '../../../lambda/core/page';
import { IndexError } from '../../../lambda/core/page-index';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { write } from '../../../lambda/core/write';
import { countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

let world: World;
let request: ReturnType<typeof requestFor>;
beforeEach(() => {
  world = makeWorld({ storage: { keptFor: 3600, keepNoCache: true } });
  request = requestFor(world.config);
});

const ETAG: HeaderPair = ['ETag', '"1"'];
const page = textPage('good', [ETAG, ['Cache-Control', 'no-cache'], ['Cache-Tag', 'news']]);
const notModified: PageResponse = { status: 304, headers: [], body: Buffer.of() };
const confirming: View = (_, __, validators) => Promise.resolve(validators === undefined ? page : notModified);
const ask = (view: View = confirming) => cachePage(view, world)(request);
const stored = () => world.pages.get(request.key);
const kept = async () => decodeKept((await world.pages.get(keptKey(request.key) ?? '')) ?? Buffer.of());
const purgeNews = () => purge(parsePurgeRequest(world.config, { tags: ['news'] }), world);

test('what may not be answered without asking is kept, and is neither a page nor passed', async () => {
  expect(await ask()).toMatchObject({ kind: 'page', outcome: 'kept', response: { body: Buffer.from('good') } });
  expect(await stored()).toBeUndefined();
  expect(await kept()).toMatchObject({ freshUntil: NOON / 1000, tags: ['news'], validators: { etag: '"1"' } });
});

test('a 304 answers it and keeps it for as long again', async () => {
  await ask();
  world.clock.ms += 3_599_000;
  expect(await ask()).toMatchObject({ outcome: 'kept-validated', response: { body: Buffer.from('good') } });
  world.clock.ms += 3_599_000;
  expect(await ask()).toMatchObject({ outcome: 'kept-validated' });
  expect(await stored()).toBeUndefined();
});

test('another answer replaces it', async () => {
  await ask();
  expect(await ask(countingView(textPage('new', page.headers.slice(2))))).toMatchObject({ outcome: 'kept' });
  expect((await kept())?.page.body.toString()).toBe('new');
});

test('an answer that may be stored becomes the page', async () => {
  await ask();
  expect(await ask(countingView(textPage('new', [ETAG])))).toMatchObject({ outcome: 'stored' });
  expect(await stored()).toBeDefined();
});

test('a page whose lifetime is over when it has been rendered is kept, too', async () => {
  const slow: View = (_, __, validators) => {
    world.clock.ms += 1500;
    const fresh = textPage('slow', [ETAG, ['Cache-Control', 'max-age=1']]);
    return Promise.resolve(validators === undefined ? fresh : { ...notModified, headers: fresh.headers });
  };
  expect(await ask(slow)).toMatchObject({ outcome: 'kept', response: { body: Buffer.from('slow') } });
  expect(await stored()).toBeUndefined();
  expect(await kept()).toMatchObject({ freshUntil: NOON / 1000 + 1, validators: { etag: '"1"' } });
  expect(await ask(slow)).toMatchObject({ outcome: 'kept-validated', response: { body: Buffer.from('slow') } });
});

test('it is found by purges', async () => {
  await ask();
  await purgeNews();
  expect(await kept()).toBeUndefined();
});

test('it is not kept when it was purged while it was rendered', async () => {
  const view: View = async () => {
    await purge(parsePurgeRequest(world.config, { everything: true }), world);
    return page;
  };
  expect(await ask(view)).toMatchObject({ kind: 'page', outcome: 'purged' });
  expect(await kept()).toBeUndefined();
});

test('it is not answered when it was purged while the origin was asked', async () => {
  await ask();
  const view: View = async () => {
    await purgeNews();
    return notModified;
  };
  expect(await ask(view)).toMatchObject({ kind: 'pass', reason: 'purged' });
  expect(await kept()).toBeUndefined();
});

test('it is not answered when it was purged just before it was kept again', async () => {
  await ask();
  const publish = world.pages.publish.bind(world.pages);
  world.pages.publish = async (...args) => {
    await purgeNews();
    return publish(...args);
  };
  expect(await ask()).toMatchObject({ kind: 'pass', reason: 'lost' });
  expect(await kept()).toBeUndefined();
});

test('it is answered, and not kept, where the index does not answer', async () => {
  world.index.addRows = () => Promise.reject(new IndexError('gone'));
  expect(await ask()).toMatchObject({ kind: 'page', outcome: 'index-unreachable' });
  expect(await kept()).toBeUndefined();
});

test('those who joined are not given it, since the origin was asked before they came', async () => {
  await ask();
  const cached = cachePage(confirming, world);
  expect(await Promise.all([cached(request), cached(request)])).toMatchObject([
    { outcome: 'kept-validated' },
    { kind: 'pass', reason: 'not-shared' },
  ]);
});

test.each<[string, PageResponse]>([
  ['without a validator', textPage('x', [['Cache-Control', 'no-cache']])],
  ['that says no-store too', textPage('x', [ETAG, ['Cache-Control', 'no-cache, no-store']])],
  ['that is private too', textPage('x', [ETAG, ['Cache-Control', 'private, no-cache']])],
  ['that sets a cookie', textPage('x', [ETAG, ['Cache-Control', 'no-cache'], ['Set-Cookie', 'a=b']])],
  ['that varies', textPage('x', [ETAG, ['Cache-Control', 'no-cache'], ['Vary', 'X-User']])],
  ['that is cut', textPage('x', [ETAG, ['Cache-Control', 'no-cache'], ['Content-Length', '9']])],
  ['of another status', textPage('x', [ETAG, ['Cache-Control', 'no-cache']], 301)],
  ['whose tags cannot be purged', textPage('x', [ETAG, ['Cache-Control', 'no-cache'], ['Cache-Tag', '\xe9']])],
])('a response %s is not kept', async (_, response) => {
  expect(await ask(countingView(response))).toMatchObject({ kind: 'pass' });
  expect(await kept()).toBeUndefined();
});

test('a site that does not want it keeps none', async () => {
  world = makeWorld({ storage: { keptFor: 3600 } });
  request = requestFor(world.config);
  expect(await ask()).toMatchObject({ kind: 'pass', reason: 'no-cache' });
  expect(await kept()).toBeUndefined();
});

test('a push and a refresh keep none: nobody is to be answered it', async () => {
  await write([{ url: 'https://example.com/list?page=2', request, response: page, terms: {} }], world);
  expect(await kept()).toBeUndefined();
  expect(await fill(world, confirming, request)).toMatchObject({ kind: 'page', outcome: 'no-cache' });
  expect(await kept()).toBeUndefined();
});
