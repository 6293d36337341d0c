import { gunzipSync, gzipSync } from 'node:zlib';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { type HeaderPair, headerValues, type PageResponse } from '../../../lambda/core/page';
import { storedForm } from '../../../lambda/core/stored-form';

const config = parseSiteConfig({
  site: 'test',
  limits: { pageSize: 4096, headSize: 1024 },
  storage: { makeEtags: false },
});
const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const DATE: HeaderPair = ['Date', 'Sun, 01 Mar 2026 12:00:00 GMT'];
const TEXT = Buffer.from('all work and no play makes a dull page. '.repeat(20));
const HTML: HeaderPair = ['Content-Type', 'text/html; charset=utf-8'];

async function form(
  headers: HeaderPair[],
  body: Buffer = Buffer.from('page'),
  status = 200,
): Promise<PageResponse | string> {
  const result = await storedForm({ status, headers, body }, config, NOW);
  return 'page' in result ? result.page : result.refused;
}

async function headersOf(headers: HeaderPair[], body?: Buffer): Promise<readonly HeaderPair[]> {
  const page = await form(headers, body);
  return typeof page === 'string' ? [['refused', page]] : page.headers;
}

describe('the headers', () => {
  test('that belong to the page are kept, in their order and spelling', async () => {
    const kept: HeaderPair[] = [
      DATE,
      ['ETag', '"1"'],
      ['x-b', 'é\t1'],
      ['Link', '</a>'],
      ['Link', '</b>'],
      ['X-Empty', ''],
    ];
    expect(await headersOf(kept)).toEqual(kept);
  });

  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Proxy-Authenticate',
    'Set-Cookie',
    'set-cookie2',
    'Content-Length',
    'X-Accel-Redirect',
    'x-accel-expires',
    'X-Nms-Outcome',
    'Server-Timing',
  ])('%s is dropped', async (name) => {
    expect(await headersOf([DATE, [name, '1']])).toEqual([DATE]);
  });

  test.each(['Cache-Control', 'CDN-Cache-Control'])('%s stays, also where Connection lists it', async (name) => {
    expect(await headersOf([DATE, ['Connection', name], [name, 'must-revalidate']])).toEqual([
      DATE,
      [name, 'must-revalidate'],
    ]);
  });

  test('that Connection lists are dropped, but not the one that says how to read the body', async () => {
    const body = gzipSync(TEXT);
    const headers = await headersOf(
      [
        DATE,
        ['Connection', 'close, X-Hop'],
        ['connection', 'Content-Encoding'],
        ['x-hop', '1'],
        ['Content-Encoding', 'gzip'],
      ],
      body,
    );
    expect(headers).toEqual([DATE, ['Content-Encoding', 'gzip'], ['Vary', 'Accept-Encoding']]);
  });

  test('gain the date of the request where theirs is missing or garbage', async () => {
    expect(await headersOf([])).toEqual([DATE]);
    expect(await headersOf([['date', 'yesterday']])).toEqual([DATE]);
  });

  test.each<[string, HeaderPair]>([
    ['a name with a space', ['X y', '1']],
    ['an empty name', ['', '1']],
    ['a line feed', ['X', 'a\nSet-Cookie: b']],
    ['a carriage return', ['X', 'a\rb']],
    ['a zero', ['X', '\0']],
    ['a character that becomes a line feed in latin1', ['X', 'a\u010ab']],
    ['a broken header that would be dropped anyway', ['Set-Cookie', 'a\n']],
  ])('with %s are refused', async (_, header) => {
    expect(await form([header])).toBe('bad-header');
  });

  test('above the limit are refused, those at the limit are not', async () => {
    const overhead = 'HTTP/1.1 200 OK\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nX: \r\nContent-Length: 4\r\n\r\n'
      .length;
    const padding = 'x'.repeat(1024 - overhead);
    expect(await form([DATE, ['X', padding]])).toMatchObject({ status: 200 });
    expect(await form([DATE, ['X', `${padding}x`]])).toBe('head-too-large');
  });
});

test.each([0, 99, 100, 600, 200.5, NaN])('status %d is refused', async (status) => {
  expect(await form([], Buffer.alloc(0), status)).toBe('bad-header');
});

describe('the body', () => {
  test.each([
    'text/html',
    'TEXT/HTML;charset=x',
    'text/css',
    'text/plain',
    'application/javascript',
    'application/json',
    'application/xml',
    'application/rss+xml',
    'application/ld+json',
    'image/svg+xml',
    'application/wasm',
  ])('of type %s is gzipped', async (type) => {
    const page = await form([DATE, ['Content-Type', type]], TEXT);
    expect(page).toMatchObject({
      headers: [DATE, ['Content-Type', type], ['Content-Encoding', 'gzip'], ['Vary', 'Accept-Encoding']],
    });
    expect(gunzipSync((page as PageResponse).body)).toEqual(TEXT);
  });

  test.each<[string, HeaderPair[], Buffer]>([
    ['of an image', [['Content-Type', 'image/png']], TEXT],
    ['of an unknown type', [], TEXT],
    ['that is short', [HTML], Buffer.from('short')],
    [
      'that gzip would not make smaller',
      [HTML],
      Buffer.from(gzipSync(Buffer.from(Array.from({ length: 900 }, (_, i) => (i * i * 31 + (i >> 3)) % 256)))),
    ],
    ['that must not be transformed', [HTML, ['Cache-Control', 'max-age=5, No-Transform']], TEXT],
    ['that is empty', [HTML], Buffer.alloc(0)],
  ])('%s stays as it is', async (_, headers, body) => {
    expect(await form([DATE, ...headers], body)).toEqual({ status: 200, headers: [DATE, ...headers], body });
  });

  test('that the origin gzipped stays so, with its entity tag', async () => {
    const body = gzipSync(TEXT);
    const page = await form([DATE, ['ETag', '"1"'], ['content-encoding', 'x-gzip'], ['Vary', 'Cookie']], body);
    expect(page).toEqual({
      status: 200,
      headers: [DATE, ['ETag', '"1"'], ['Content-Encoding', 'gzip'], ['Vary', 'Cookie, Accept-Encoding']],
      body,
    });
  });

  test.each<[string, Buffer]>([
    ['br', TEXT],
    ['gzip, gzip', gzipSync(TEXT)],
    ['deflate', TEXT],
    ['gzip', TEXT],
    ['gzip', Buffer.of(0x1f)],
  ])('that says %s is refused when it is not gzip', async (coding, body) => {
    expect(await form([['Content-Encoding', coding]], body)).toBe('content-encoding');
  });

  test('that is empty is coded with nothing, whatever is said', async () => {
    expect(await headersOf([DATE, ['Content-Encoding', 'br']], Buffer.alloc(0))).toEqual([DATE]);
  });

  test.each([404, 410])('of a %d holds 64 KiB at most', async (status) => {
    const { storage } = config;
    const roomy = parseSiteConfig({ site: 'test', storage });
    const sized = (length: number) =>
      storedForm({ status, headers: [], body: Buffer.alloc(length) }, roomy, NOW).then((f) => 'page' in f || f.refused);
    expect([await sized(65_536), await sized(65_537)]).toEqual([true, 'too-large']);
    expect(await form([], Buffer.alloc(4097), status)).toBe('too-large');
  });

  test('is measured as it is stored', async () => {
    expect(await form([['Content-Type', 'image/png']], Buffer.alloc(4096))).toMatchObject({ status: 200 });
    expect(await form([['Content-Type', 'image/png']], Buffer.alloc(4097))).toBe('too-large');
    expect(await form([HTML], Buffer.alloc(100_000))).toMatchObject({ status: 200 });
  });
});

describe('a body that is gzipped here', () => {
  test.each([
    ['"abc"', 'W/"abc"'],
    ['W/"abc"', 'W/"abc"'],
    ['abc', undefined],
  ])('changes the entity tag %s to %s', async (tag, expected) => {
    expect(headerValues(await headersOf([HTML, ['ETag', tag]], TEXT), 'etag')).toEqual(
      expected === undefined ? [] : [expected],
    );
  });

  test('adds to Vary what it does not say yet', async () => {
    expect(headerValues(await headersOf([HTML, ['Vary', 'Cookie'], ['vary', 'X']], TEXT), 'Vary')).toEqual([
      'Cookie, X, Accept-Encoding',
    ]);
    expect(headerValues(await headersOf([HTML, ['Vary', 'accept-encoding, Cookie']], TEXT), 'Vary')).toEqual([
      'accept-encoding, Cookie',
    ]);
  });

  test('loses what is said about its bytes', async () => {
    const about: HeaderPair[] = [
      ['Content-Digest', 'x'],
      ['Repr-Digest', 'x'],
      ['Content-MD5', 'x'],
      ['Accept-Ranges', 'bytes'],
    ];
    expect((await headersOf([DATE, HTML, ...about], TEXT)).map(([name]) => name)).toEqual([
      'Date',
      'Content-Type',
      'Content-Encoding',
      'Vary',
    ]);
    expect(await headersOf([DATE, ...about])).toEqual([DATE, ...about]);
  });
});

describe('an entity tag', () => {
  const made = parseSiteConfig({ site: 'test', storage: { makeEtags: true } });
  const tags = async (headers: HeaderPair[], body: Buffer, status = 200) => {
    const result = await storedForm({ status, headers, body }, made, NOW);
    return 'page' in result ? headerValues(result.page.headers, 'ETag') : result.refused;
  };

  test('is made for a 200 without one: weak, and the same for the same type and text, however coded', async () => {
    const tag = await tags([HTML], TEXT);
    expect(tag).toEqual([expect.stringMatching(/^W\/"[\w-]{22}"$/)]);
    const gzipped: HeaderPair = ['Content-Encoding', 'gzip'];
    expect(await tags([HTML, gzipped], gzipSync(TEXT, { level: 1 }))).toEqual(tag);
    expect(await tags([HTML, gzipped], gzipSync(TEXT, { level: 9 }))).toEqual(tag);
    expect(await tags([HTML, ['Cache-Control', 'no-transform']], TEXT)).toEqual(tag);
    expect(await tags([HTML, ['Last-Modified', 'Sun, 01 Mar 2026 11:00:00 GMT']], TEXT)).toEqual(tag);
  });

  test('is another for another text, and for another type', async () => {
    const found = await Promise.all([
      tags([HTML], TEXT),
      tags([HTML], Buffer.concat([TEXT, Buffer.from('.')])),
      tags([['Content-Type', 'text/plain']], TEXT),
      tags([], Buffer.concat([Buffer.from('text/html; charset=utf-8\n'), TEXT])),
    ]);
    expect(new Set(found.flat()).size).toBe(4);
  });

  test('of the origin stays', async () => {
    expect(await tags([['ETag', '"1"']], Buffer.from('page'))).toEqual(['"1"']);
    expect(await tags([['etag', 'W/"1"']], TEXT)).toEqual(['W/"1"']);
  });

  test('that is none, and goes because the body is gzipped, is replaced', async () => {
    expect(await tags([HTML, ['ETag', 'v1']], TEXT)).toEqual(await tags([HTML], TEXT));
  });

  test.each<[string, HeaderPair[], Buffer, number]>([
    ['what is no 200', [], TEXT, 404],
    ['a body that is not the gzip it says', [['Content-Encoding', 'gzip']], gzipSync(TEXT).subarray(0, 30), 200],
    ['a body of many MiB', [], Buffer.alloc(8 * 1024 * 1024 + 1), 200],
    [
      'a body of many MiB that comes gzipped',
      [['Content-Encoding', 'gzip']],
      gzipSync(Buffer.alloc(8 * 1024 * 1024 + 1)),
      200,
    ],
  ])('is not made for %s', async (_, headers, body, status) => {
    const { storage } = made;
    const roomy = parseSiteConfig({ site: 'test', storage, limits: { pageSize: 16 * 1024 * 1024 } });
    const result = await storedForm({ status, headers, body }, roomy, NOW);
    expect('page' in result && headerValues(result.page.headers, 'ETag')).toEqual([]);
  });

  test('is not made where the site says so', async () => {
    expect(headerValues(await headersOf([HTML], TEXT), 'ETag')).toEqual([]);
  });

  test('counts as a part of the head', async () => {
    const limits = { headSize: 1024 };
    const overhead = 'HTTP/1.1 200 OK\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nX: \r\nContent-Length: 4\r\n\r\n'
      .length;
    const response = {
      status: 200,
      headers: [['X', 'x'.repeat(1024 - overhead)] as const],
      body: Buffer.from('page'),
    };
    expect(await storedForm(response, { ...made, limits: { ...made.limits, ...limits } }, NOW)).toEqual({
      refused: 'head-too-large',
    });
  });
});
