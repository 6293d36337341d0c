import { gunzipSync } from 'node:zlib';
import { cachePage } from '../../../lambda/core/cache-page';
import { decodePage, encodePage } from '../../../lambda/core/page-format';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { write } from '../../../lambda/core/write';
import { parseWriteRequest, WriteRequestError } from '../../../lambda/core/write-request';
import { allRows, countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

let world: World;
beforeEach(() => {
  world = makeWorld({ key: { variants: [{ name: 'lang', source: 'cookie', field: 'lang', values: ['en', 'de'] }] } });
});

const URL_2 = 'https://example.com/list?page=2';
const run = (input: unknown) => write(parseWriteRequest(world.config, input), world);
const read = async () =>
  decodePage((await world.pages.get(requestFor(world.config).key)) ?? Buffer.alloc(0))?.body.toString();

test('a pushed page is what the next request finds', async () => {
  expect(await run({ pages: [{ url: URL_2, body: 'pushed', headers: { 'Cache-Control': 'max-age=9' } }] })).toEqual([
    { url: URL_2, outcome: 'stored' },
  ]);
  const view = countingView();
  expect(await cachePage(view, world)(requestFor(world.config))).toMatchObject({
    outcome: 'hit',
    response: { status: 200 },
  });
  expect([await read(), view.renderings]).toEqual(['pushed', 0]);
});

test('a pushed page replaces a page, a pass marker and a lease, and the fill that held the lease does not come back', async () => {
  const push = (body: string) => run({ pages: [{ url: URL_2, body }] });
  await push('one');
  await push('two');
  expect(await read()).toBe('two');

  world.clock.ms += 60_000;
  await cachePage(countingView(textPage('', [['Set-Cookie', 'a=b']])), world)(requestFor(world.config));
  await push('three');
  expect(await read()).toBe('three');

  world.clock.ms += 60_000;
  const view = async () => {
    await push('four');
    return textPage('older');
  };
  expect(await cachePage(view, world)(requestFor(world.config))).toMatchObject({ outcome: 'lost' });
  expect(await read()).toBe('four');
});

test('a page that may not be stored is refused, and what lies there is left', async () => {
  await run({ pages: [{ url: URL_2, body: 'good' }] });
  const bad = [
    { url: URL_2, body: 'mine', headers: { 'set-cookie': ['a=b', 'c=d'] } },
    { url: 'https://example.com/gone', status: 404 },
    { url: 'https://example.com/broken', status: 503 },
  ];
  expect((await run({ pages: bad })).map(({ outcome }) => outcome)).toEqual(['set-cookie', 'status', 'status']);
  expect(await read()).toBe('good');
  expect(await world.pages.get(requestFor(world.config, '/gone', '').key)).toBeUndefined();
});

test('a purge while a page is pushed wins', async () => {
  await run({ pages: [{ url: URL_2, body: 'good' }] });
  const addRows = world.index.addRows.bind(world.index);
  world.index.addRows = async (row) => {
    await addRows(row);
    await world.index.record({ id: '1', selectors: [{ kind: 'everything' }], mode: 'delete', caller: 'ann', at: NOON });
  };
  expect(await run({ pages: [{ url: URL_2, body: 'pushed' }] })).toEqual([{ url: URL_2, outcome: 'purged' }]);
});

test('bodies may be binary, pages many, variants named; results keep their order', async () => {
  const binary = { url: 'https://example.com/b', bodyBase64: '//79', headers: { 'Content-Type': 'image/png' } };
  const german = {
    url: 'https://example.com/b',
    body: 'hallo '.repeat(100),
    variants: { lang: 'de' },
    headers: { 'Content-Type': 'text/plain' },
  };
  const many = Array.from({ length: 30 }, (_, i) => ({ url: `https://example.com/${i}` }));
  const pages = [binary, german, ...many];
  expect(await run({ pages })).toEqual(pages.map(({ url }) => ({ url, outcome: 'stored' })));
  const [b, de] = parseWriteRequest(world.config, { pages }).map(({ request }) => request.key);
  const bodies = await Promise.all(
    [b, de].map(async (key) => decodePage((await world.pages.get(key ?? '')) as Buffer)?.body),
  );
  expect(bodies[0]).toEqual(Buffer.of(0xff, 0xfe, 0xfd));
  expect(gunzipSync(bodies[1] as Buffer).toString()).toBe('hallo '.repeat(100));
});

test('an empty page is stored as a page', async () => {
  await run({ pages: [{ url: URL_2 }] });
  expect((await world.pages.get(requestFor(world.config).key))?.toString()).toBe(
    encodePage({
      status: 200,
      headers: [['Date', new Date(NOON).toUTCString()]],
      body: Buffer.alloc(0),
      times: { bornAt: NOON / 1000, freshUntil: NOON / 1000 + 60 },
    }).toString(),
  );
});

describe('the terms of a pushed page', () => {
  const storedFor = async (page: object) => {
    const [result] = await run({ pages: [{ url: URL_2, body: 'x', ...page }] });
    const [row] = await allRows(world.index);
    return result?.outcome === 'stored' && row ? row.storedUntil - NOON / 1000 : result?.outcome;
  };
  const cacheControl = (value: string) => ({ 'Cache-Control': value });

  test.each<[string, object, number]>([
    ['a ttl counts where the headers say nothing', { ttl: 500 }, 500],
    ['a ttl counts before what the headers say', { ttl: 500, headers: cacheControl('max-age=9') }, 500],
    ['a ttl counts before a lifetime that is over', { ttl: 500, headers: cacheControl('max-age=0') }, 500],
    ['a ttl is a lifetime for a temporary redirect', { ttl: 500, status: 302, headers: { Location: '/x' } }, 500],
    ['without a ttl the headers count', { headers: cacheControl('max-age=9') }, 9],
  ])('%s', async (_, page, seconds) => {
    expect(await storedFor(page)).toBe(seconds);
  });

  test.each<[string, object]>([
    ['private', { headers: cacheControl('private') }],
    ['no-store', { headers: cacheControl('no-store, max-age=100') }],
    ['no-cache', { headers: cacheControl('no-cache') }],
    ['set-cookie', { headers: { 'Set-Cookie': 'a=b' } }],
    ['vary', { headers: { Vary: 'X-User' } }],
    ['status', { status: 500 }],
    ['status', { status: 206 }],
  ])('no ttl makes a page storable that is not: %s', async (reason, page) => {
    expect(await storedFor({ ttl: 500, ...page })).toBe(reason);
  });

  test('tags are those of the request and of the headers, and a purge by one finds the page', async () => {
    await run({ pages: [{ url: URL_2, tags: ['a', 'b'], headers: { 'Cache-Tag': 'b,c' } }] });
    expect((await allRows(world.index)).map(({ tags }) => [...tags].sort())).toEqual([['a', 'b', 'c']]);
    expect(await purge(parsePurgeRequest(world.config, { tags: ['a'] }), world)).toMatchObject({
      pages: { found: 1, removed: 1 },
    });
    expect(await read()).toBeUndefined();
  });

  test('tags of the request and of the headers are together within the limit', async () => {
    const many = (count: number, letter: string) => Array.from({ length: count }, (_, i) => `${letter}${i}`);
    const push = (tags: string[], header: string[]) =>
      run({ pages: [{ url: URL_2, tags, headers: { 'Cache-Tag': header.join() } }] });
    expect(await push(many(100, 'a'), many(28, 'b'))).toMatchObject([{ outcome: 'stored' }]);
    expect(await push(many(100, 'a'), many(29, 'b'))).toMatchObject([{ outcome: 'too-many-tags' }]);
  });

  test('a Content-Length that is the body’s is no fault', async () => {
    const pages = [
      { url: URL_2, body: 'für', headers: { 'content-length': '4' } },
      { url: 'https://example.com/b', bodyBase64: '//79', headers: { 'Content-Length': '3' } },
    ];
    expect((await run({ pages })).map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
  });
});

describe('a write request fails', () => {
  const faults = (input: unknown): readonly string[] => {
    try {
      parseWriteRequest(world.config, input);
    } catch (error) {
      expect(error).toBeInstanceOf(WriteRequestError);
      return (error as WriteRequestError).faults;
    }
    return [];
  };

  test('with every fault at once', () => {
    const pages = [
      { url: '/a', status: 99, body: 7 },
      { url: URL_2, body: 'a', bodyBase64: 'YQ==', headers: { 'X y': '1', X: ['ok', 'a\nb'], Z: 'š' } },
      { url: URL_2, variants: { lang: 'fr' }, bodyBase64: '?' },
      { url: URL_2, variants: { device: 'phone' }, life: 5 },
      {},
    ];
    expect(faults({ pages, caller: 'ann' }).map((fault) => fault.split(', got')[0])).toEqual([
      expect.stringContaining('pages.0.url: must be an absolute URL'),
      'pages.0.status: must be 200 to 599',
      'pages.0.body: must be a text',
      'pages.1.headers.X y: must be a header without control characters',
      'pages.1.headers.X: must be a header without control characters',
      'pages.1.headers.Z: must be a header without control characters',
      'pages.1.bodyBase64: must be left out where there is a body',
      'pages.2.bodyBase64: must be base64',
      'pages.2.variants.lang: must be one of en, de',
      'pages.3.variants: has unknown fields: device',
      'pages.3: has unknown fields: life',
      'pages.4.url: must be a text',
      'the request: has unknown fields: caller',
    ]);
  });

  test('for terms that are none, and for a wrong length', () => {
    const tags = Array.from({ length: 129 }, (_, i) => `t${i}`);
    const pages = [
      { url: URL_2, ttl: 0, tags: ['a b'], body: 'für', headers: { 'Content-Length': '3' } },
      { url: 'https://example.com/b', ttl: 86_401, tags, headers: { 'content-length': ['0', '1'] } },
      { url: 'https://example.com/c', ttl: 1.5, tags: 'news' },
    ];
    expect(faults({ pages }).map((fault) => fault.split(', got')[0])).toEqual([
      'pages.0.ttl: must be 1 to 86400 seconds (storage.maxTtl)',
      'pages.0.tags.0: must be a tag of 1 to 256 visible ASCII characters',
      "pages.0.headers.Content-Length: must be the body's length, which is 4 bytes",
      'pages.1.ttl: must be 1 to 86400 seconds (storage.maxTtl)',
      'pages.1.tags: must have at most 128 tags',
      "pages.1.headers.content-length: must be the body's length, which is 0 bytes",
      'pages.2.ttl: must be a whole number of seconds',
      'pages.2.tags: must be a list of tags',
    ]);
  });

  test('for a page that is pushed twice', () => {
    const again = 'https://example.com/list?utm_source=mail&page=2';
    expect(faults({ pages: [{ url: URL_2 }, { url: again }, { url: URL_2, variants: { lang: 'de' } }] })).toEqual([
      `pages.1.url: must not be a page that is pushed already, as pages.0, got "${again}"`,
    ]);
  });

  test.each([
    undefined,
    {},
    { pages: [] },
    { pages: {} },
    { pages: Array.from({ length: 1001 }, (_, i) => ({ url: `http://a/${i}` })) },
  ])('for %# that is no list of up to a thousand pages', (input) => {
    expect(faults(input)).toHaveLength(1);
  });
});
