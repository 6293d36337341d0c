import { freshPage } from '../support/test-origin';
import { ask, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({
    key: { variants: [{ name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'mobile'] }] },
    storage: {
      routes: [
        { path: '/routed', ttl: 300 },
        { path: '/never', ttl: 0 },
      ],
      ignoredVary: ['User-Agent'],
    },
    limits: { pageSize: 10_000, passMarkerTtl: 3600 },
  });
});
afterAll(() => site?.stop());

const FRESH = { 'Cache-Control': 'max-age=60' };
let number = 0;

// Arguments of `twice`. As a rest parameter: jest would take a missing one for its callback.
type Answer = Parameters<typeof twice>;

async function twice(headers: Record<string, string | string[]>, status = 200, base = '/page'): Promise<string[]> {
  const path = `${base}/${(number += 1)}`;
  site.origin.on(path, freshPage(headers, status));
  return [cacheStatus(await ask(site.address, path)), cacheStatus(await ask(site.address, path))];
}

test.each<[string, ...Answer]>([
  ['a 200 with max-age', FRESH],
  ['a 200 of which the origin says nothing', {}],
  ['s-maxage before max-age', { 'Cache-Control': 'max-age=0, s-maxage=60' }],
  ['CDN-Cache-Control before Cache-Control', { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'no-store' }],
  ['an Expires in the future', { Expires: new Date(Date.now() + 3_600_000).toUTCString() }],
  ['a 301', { ...FRESH, Location: '/x' }, 301],
  ['a 302 with a lifetime', { ...FRESH, Location: '/x' }, 302],
  ['Vary: Accept-Encoding, Cookie', { ...FRESH, Vary: 'Accept-Encoding, Cookie' }],
  ['Vary on a declared variant', { ...FRESH, Vary: 'x-device' }],
  ['Vary on a header that the site ignores', { ...FRESH, Vary: 'user-agent' }],
  ['a page whose route has a lifetime', {}, 200, '/routed'],
])('stored: %s', async (_, ...answer) => {
  expect(await twice(...answer)).toEqual(['fwd=uri-miss; stored', 'hit']);
});

test.each<[string, string, ...Answer]>([
  ['private', 'private', { 'Cache-Control': 'private, max-age=60' }],
  ['no-store', 'no-store', { 'Cache-Control': 'no-store' }],
  ['no-cache', 'no-cache', { 'Cache-Control': 'no-cache' }],
  ['max-age=0', 'expired', { 'Cache-Control': 'max-age=0' }],
  ['an Expires in the past', 'expired', { Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' }],
  ['an Expires that is no date', 'expired', { Expires: '0' }],
  ['what is older than its lifetime', 'expired', { ...FRESH, Age: '61' }],
  ['CDN-Cache-Control: no-store', 'no-store', { 'CDN-Cache-Control': 'no-store', 'Cache-Control': 'max-age=60' }],
  ['Set-Cookie', 'set-cookie', { ...FRESH, 'Set-Cookie': 'a=b' }],
  ['Vary: *', 'vary', { ...FRESH, Vary: '*' }],
  ['Vary on an undeclared header', 'vary', { ...FRESH, Vary: ['Accept-Encoding', 'Accept-Language'] }],
  ['a second Cache-Control line', 'no-store', { 'Cache-Control': ['max-age=60', 'no-store'] }],
  ['a 404', 'status', FRESH, 404],
  ['a 403', 'status', FRESH, 403],
  ['a 206', 'status', { ...FRESH, 'Content-Range': 'bytes 0-1/9' }, 206],
  ['a 302 without a lifetime', 'status', { Location: '/x' }, 302],
  ['a page whose route forbids it', 'no-lifetime', {}, 200, '/never'],
  ['a body in another coding', 'content-encoding', { ...FRESH, 'Content-Encoding': 'br' }],
])('not stored: %s', async (_, reason, ...answer) => {
  expect(await twice(...answer)).toEqual(Array(2).fill(`fwd=uri-miss; detail=${reason}`));
});

test('not stored, and rendered once each after the first: what is not storable, while its pass marker lives', async () => {
  site.origin.on('/marked', freshPage({ 'Cache-Control': 'private' }));
  for (let i = 0; i < 3; i += 1) await ask(site.address, '/marked', { 'X-Own': 'kept' });
  const received = site.origin.received.filter(({ target }) => target === '/marked');
  expect(received.map(({ headers }) => headers['x-own'])).toEqual([undefined, 'kept', 'kept', 'kept']);
});

test('not stored: a page above the size limit, which still arrives whole', async () => {
  const body = Buffer.alloc(200_000, 'x\0');
  site.origin.on('/too-large', (_, response) =>
    response.writeHead(200, { ...FRESH, 'Content-Type': 'image/png' }).end(body),
  );
  const answer = await ask(site.address, '/too-large');
  expect([cacheStatus(answer), answer.body.length]).toEqual(['fwd=uri-miss; detail=too-large', body.length]);
});

test('not stored: a redirect of a page to itself', async () => {
  site.origin.on('/loop', (_, response) =>
    response.writeHead(301, { ...FRESH, Location: 'http://www.example.com/loop' }).end(),
  );
  expect(cacheStatus(await ask(site.address, '/loop'))).toBe('fwd=uri-miss; detail=self-redirect');
});

test('a visitor receives the cookies that come with a page that is not stored', async () => {
  site.origin.on('/cookies', freshPage({ ...FRESH, 'Set-Cookie': ['a=1', 'b=2'] }));
  expect((await ask(site.address, '/cookies')).headers['set-cookie']).toBe('a=1, b=2');
});

test('each declared variant is a page of its own, and nothing else is', async () => {
  site.origin.on('/variant', (request, response) =>
    response.writeHead(200, { ...FRESH, Vary: 'X-Device' }).end(`for ${String(request.headers['x-device'])}`),
  );
  const forDevice = async (device?: string) =>
    (await ask(site.address, '/variant', device === undefined ? {} : { 'X-Device': device })).body;
  expect(await Promise.all([forDevice(), forDevice('mobile'), forDevice('toaster')])).toEqual([
    'for undefined',
    'for mobile',
    'for undefined',
  ]);
});

test('an address as long as the index takes is stored, and purged by its tag; a longer one is the application’s', async () => {
  const longest = `/${'%C3%A9'.repeat(153)}`.padEnd(940 - 'www.example.com'.length, 'x');
  for (const [path, status] of [
    [longest, 'fwd=uri-miss; stored'],
    [`${longest}x`, 'fwd=uri-miss; detail=address-too-long'],
  ] as const) {
    site.origin.on(path, freshPage({ ...FRESH, 'Surrogate-Key': 'long' }));
    expect(cacheStatus(await ask(site.address, path))).toBe(status);
  }
  expect(await site.functions.purge.invoke({ tags: ['long'] })).toMatchObject({ pages: { removed: 1 } });
});
