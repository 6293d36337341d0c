import { gzipSync } from 'node:zlib';
import { ask, askUntilHit, cacheStatus, type RawAnswer, sendRaw } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  const headers = [{ name: 'CloudFront-Forwarded-Proto', value: 'https' }];
  site = await startTestSite({ scheme: { headers } }, { behindLoadBalancer: true });
});
afterAll(() => site?.stop());

const HTML = `<!doctype html><title>News</title>${'<p>Storm passes, the light stays on.</p>'.repeat(50)}`;
// In other bytes than the site would compress it to.
const GZIP = gzipSync(HTML, { level: 1 });
const MODIFIED = 'Mon, 02 Nov 2026 10:00:00 GMT';

/** What CloudFront and the load balancer behind it add to a visitor's request. */
const cloudFront = {
  Via: '2.0 c3f2aa.cloudfront.net (CloudFront)',
  'X-Amz-Cf-Id': 'x1==',
  'CloudFront-Forwarded-Proto': 'https',
  'X-Forwarded-For': '203.0.113.7, 130.176.0.1',
  'X-Forwarded-Proto': 'https',
};
const gzip = { ...cloudFront, 'Accept-Encoding': 'br,gzip' };

/** A page that the origin compresses itself. */
function gzipPage(path: string): void {
  const headers = {
    'Content-Type': 'text/html',
    'Content-Encoding': 'gzip',
    'Cache-Control': 'max-age=60',
    ETag: '"v1"',
    'Last-Modified': MODIFIED,
    // nginx gives its own name to a hit that has none.
    Server: 'application',
  };
  site.origin.on(path, (_, response) => response.writeHead(200, headers).end(GZIP));
}

/** Asks over HTTP/1.0, which does not know chunks. */
function askOld(target: string, headers: Record<string, string>): Promise<RawAnswer> {
  const lines = Object.entries({ Host: 'www.example.com', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return sendRaw(site.address, `GET ${target} HTTP/1.0\r\n${lines.join('')}\r\n`);
}

/** A page as it is answered when it has just been rendered, and from the store, over HTTP/1.1 and HTTP/1.0. */
async function askThrice(path: string, headers: Record<string, string>): Promise<RawAnswer[]> {
  return [
    await ask(site.address, path, headers),
    await askUntilHit(site.address, path, headers),
    await askOld(path, headers),
  ];
}

describe('what CloudFront asks for', () => {
  test.each(['br,gzip', 'gzip'])('comes as it is stored where it accepts %s', async (coding) => {
    const path = `/compressed/${coding}`;
    gzipPage(path);
    const headers = { ...cloudFront, 'Accept-Encoding': coding };
    for (const answer of await askThrice(path, headers)) {
      expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding', etag: '"v1"' });
      expect(Buffer.from(answer.body, 'latin1').equals(GZIP)).toBe(true);
    }
  });

  test.each([['identity'], ['br'], [undefined]])('is expanded where it accepts %s', async (coding) => {
    const path = `/expanded/${coding}`;
    gzipPage(path);
    const headers = coding === undefined ? cloudFront : { ...cloudFront, 'Accept-Encoding': coding };
    for (const answer of await askThrice(path, headers)) {
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.headers).toMatchObject({ vary: 'Accept-Encoding' });
      expect(answer.body).toBe(HTML);
    }
  });

  test('is one page for all of its locations', async () => {
    site.origin.on('/one', freshPage());
    const edges = [
      '2.0 c3f2aa.cloudfront.net (CloudFront)',
      '1.1 d41d8c.cloudfront.net (CloudFront)',
      '1.0 old, 1.1 x',
    ];
    const bodies: string[] = [];
    for (const Via of edges) bodies.push((await ask(site.address, '/one', { ...gzip, Via })).body);
    expect(new Set(bodies).size).toBe(1);
    expect(site.origin.received.filter(({ target }) => target === '/one')).toHaveLength(1);
  });

  test('is answered to HEAD with the headers of GET', async () => {
    gzipPage('/head');
    const miss = await ask(site.address, '/head', gzip, 'HEAD');
    const head = await askUntilHit(site.address, '/head', gzip, 'HEAD');
    const get = await askUntilHit(site.address, '/head', gzip);
    // Of its own moment.
    const [ofHead, ofGet] = [head, get].map(({ headers: { age, ...others } }) => {
      expect(age).toMatch(/^\d+$/);
      return others;
    });
    expect([head.status, head.body, ofHead]).toEqual([get.status, '', ofGet]);
    expect(get.headers['content-encoding']).toBe('gzip');
    expect({ ...miss.headers, 'cache-status': '' }).toEqual({ ...ofHead, 'cache-status': '' });
  });

  test.each<[string, string, number]>([
    ['If-None-Match', '"v1"', 304],
    ['If-None-Match', 'W/"v1"', 304],
    ['If-None-Match', '"v2"', 200],
    ['If-Modified-Since', MODIFIED, 304],
  ])('is asked for again with %s: %s, and answered with %i', async (field, value, status) => {
    gzipPage('/again');
    const answer = await askUntilHit(site.address, '/again', { ...gzip, [field]: value });
    expect(answer.status).toBe(status);
    expect(answer.body === '').toBe(status === 304);
  });
});

test('a request past the cache reaches the origin with all that CloudFront added', async () => {
  site.origin.on('/login', freshPage());
  const answer = await ask(site.address, '/login', { ...gzip, Cookie: 'session=1' });
  expect(cacheStatus(answer)).toBe('fwd=bypass; detail=cookie');
  const added = Object.entries(gzip).map(([name, value]) => [name.toLowerCase(), value]);
  expect(site.origin.received.at(-1)?.headers).toMatchObject(Object.fromEntries(added));
});

test.each([
  ['http', 'https'],
  ['https', 'http'],
])('past the cache, too, the scheme is that of the visitor: %s', async (proto, connection) => {
  site.origin.on('/login', freshPage());
  const headers = { 'CloudFront-Forwarded-Proto': proto, 'X-Forwarded-Proto': connection, Cookie: 'session=1' };
  await ask(site.address, '/login', headers);
  expect(site.origin.received.at(-1)?.headers['x-forwarded-proto']).toBe(proto);
});

test.each<[boolean, Record<string, string>]>([
  [true, { 'X-Forwarded-Proto': 'HTTPS' }],
  [true, {}],
  [false, { 'X-Forwarded-Proto': 'https' }],
])('where no other header says the scheme (load balancer: %s), %j reaches the origin as it came', async (...given) => {
  const [behindLoadBalancer, headers] = given;
  const plain = await startTestSite({}, { behindLoadBalancer });
  try {
    await ask(plain.address, '/login', { ...headers, Cookie: 'session=1' });
    expect(plain.origin.received.at(-1)?.headers['x-forwarded-proto']).toBe(headers['X-Forwarded-Proto']);
  } finally {
    await plain.stop();
  }
});

test('a rendering knows nothing of CloudFront but the scheme', async () => {
  site.origin.on('/rendered', freshPage());
  await ask(site.address, '/rendered', gzip);
  const { headers } = site.origin.received.at(-1) ?? {};
  expect(headers).toMatchObject({ 'x-forwarded-proto': 'https', 'cloudfront-forwarded-proto': 'https' });
  expect(headers).not.toHaveProperty('via');
  expect(headers?.['x-forwarded-for']).toBe('192.31.196.1');
});

test.each<[string, Record<string, string>, 'http' | 'https']>([
  ['CloudFront, whatever its own connection is', { 'CloudFront-Forwarded-Proto': 'http', 'X-Forwarded-Proto': 'https' }, 'http'], // prettier-ignore
  ['CloudFront over http', { 'CloudFront-Forwarded-Proto': 'https', 'X-Forwarded-Proto': 'http' }, 'https'],
  ['CloudFront in another case', { 'CloudFront-Forwarded-Proto': 'HTTPS', 'X-Forwarded-Proto': 'http' }, 'https'],
  ['the load balancer where CloudFront says nothing', { 'X-Forwarded-Proto': 'https' }, 'https'],
  ['nobody', {}, 'http'],
])('the scheme is that of %s', async (_, headers, scheme) => {
  const path = `/scheme/${encodeURIComponent(JSON.stringify(headers)).replace(/%../g, '-')}`;
  site.origin.on(path, freshPage());
  const { body } = await askUntilHit(site.address, path, headers);
  expect(site.origin.received.at(-1)?.headers['x-forwarded-proto']).toBe(scheme);
  // Who comes by the other scheme has a page of their own, who comes by the same one has this.
  const asked = (proto: string) => askUntilHit(site.address, path, { 'CloudFront-Forwarded-Proto': proto });
  expect((await asked(scheme)).body).toBe(body);
  expect((await asked(scheme === 'http' ? 'https' : 'http')).body).not.toBe(body);
});

test('where visitors come directly, what they say in CloudFront’s name counts for nothing', async () => {
  const headers = [{ name: 'CloudFront-Forwarded-Proto', value: 'https' }];
  const open = await startTestSite({ scheme: { headers } }, { behindLoadBalancer: false });
  try {
    open.origin.on('/page', freshPage());
    const { body } = await askUntilHit(open.address, '/page', { 'CloudFront-Forwarded-Proto': 'https' });
    expect(open.origin.received.at(-1)?.headers['x-forwarded-proto']).toBe('http');
    expect((await askUntilHit(open.address, '/page')).body).toBe(body);
  } finally {
    await open.stop();
  }
});
