import type { RequestListener } from 'node:http';
import { ask, askUntilHit, cacheStatus, exchange } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { MARK, newPath } from './attack';

/*
 * Cache-poisoned denial of service: a request that makes the application fail, in the hope that the failure is stored. And an
 * application that fails by itself, and calls its failure public.
 */

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ limits: { passMarkerTtl: 0 } });
});
afterAll(() => site?.stop());

const CACHED = { 'Cache-Control': 'public, max-age=600, s-maxage=600', Expires: 'Fri, 01 Jan 2100 00:00:00 GMT' };

/** A page that is well when it is asked for honestly, and fails as an attacker has it. */
function fragile(fails: (request: Parameters<RequestListener>[0]) => number | undefined): string {
  const path = newPath('/fragile');
  site.origin.on(path, (request, response) => {
    const status = fails(request);
    response.writeHead(status ?? 200, CACHED).end(status === undefined ? 'well' : MARK);
  });
  return path;
}

test.each([
  400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 418, 421, 422, 425, 428, 429, 431,
  451, 500, 501, 502, 503, 504, 505, 507, 511, 599,
])('a %d that says it may be kept for long is gone when the page is well again', async (status) => {
  let failing = true;
  const path = fragile(() => (failing ? status : undefined));
  const failed = await ask(site.address, path);
  expect([failed.status, failed.body]).toEqual([status, MARK]);
  failing = false;
  expect((await ask(site.address, path)).body).toBe('well');
  expect((await askUntilHit(site.address, path)).body).toBe('well');
});

test.each<[string, (request: Parameters<RequestListener>[0]) => number | undefined, string, string[]]>([
  [
    'an over-long header',
    ({ headers }) => (JSON.stringify(headers).length > 9000 ? 431 : undefined),
    'GET',
    [`X-Own: ${'x'.repeat(20_000)}`],
  ],
  [
    'a long cookie that is harmless',
    ({ headers }) => ((headers.cookie ?? '').length > 4000 ? 400 : undefined),
    'GET',
    [`Cookie: _ga=${'x'.repeat(9000)}`],
  ],
  [
    'a control character',
    ({ headers }) => (headers['x-own']?.includes('\x01') ? 400 : undefined),
    'GET',
    ['X-Own: \x01'],
  ],
  [
    'another method in a header',
    ({ headers }) => (headers['x-http-method-override'] ? 405 : undefined),
    'GET',
    ['X-HTTP-Method-Override: DELETE'],
  ],
  ['a method that is not known', ({ method }) => (method === 'GET' ? undefined : 501), 'PROPPATCH', []],
  ['a HEAD that fails', ({ method }) => (method === 'HEAD' ? 405 : undefined), 'HEAD', []],
  [
    'an Accept that nobody can meet',
    ({ headers }) => (headers.accept?.includes('evil') ? 406 : undefined),
    'GET',
    ['Accept: application/evil'],
  ],
  ['an Expect that nobody can meet', ({ headers }) => (headers.expect ? 417 : undefined), 'GET', ['Expect: evil']],
  ['a Range that is not there', ({ headers }) => (headers.range ? 416 : undefined), 'GET', ['Range: bytes=999999-']],
  ['a condition that fails', ({ headers }) => (headers['if-match'] ? 412 : undefined), 'GET', ['If-Match: "x"']],
  [
    'a condition that holds',
    ({ headers }) => (headers['if-none-match'] ? 304 : undefined),
    'GET',
    ['If-None-Match: *'],
  ],
  [
    'a language that crashes it',
    ({ headers }) => (headers['accept-language'] ? 500 : undefined),
    'GET',
    ['Accept-Language: evil'],
  ],
  [
    'a coding that crashes it',
    ({ headers }) => (headers['accept-encoding']?.includes('evil') ? 500 : undefined),
    'GET',
    ['Accept-Encoding: evil'],
  ],
  [
    'an address that it has banned',
    ({ headers }) => (headers['x-forwarded-for']?.includes('198.51.100.9') ? 403 : undefined),
    'GET',
    ['X-Forwarded-For: 198.51.100.9'],
  ],
  [
    'a browser that it has banned',
    ({ headers }) => (headers['user-agent'] === 'evil' ? 403 : undefined),
    'GET',
    ['User-Agent: evil'],
  ],
  [
    'a scheme that it redirects',
    ({ headers }) => (headers['x-forwarded-scheme'] ? 301 : undefined),
    'GET',
    ['X-Forwarded-Scheme: nothttps'],
  ],
  [
    'an upgrade that it refuses',
    ({ headers }) => (headers.upgrade ? 426 : undefined),
    'GET',
    ['Upgrade: evil', 'Connection: Upgrade'],
  ],
  ['a loop', ({ headers }) => (headers['max-forwards'] ? 508 : undefined), 'GET', ['Max-Forwards: 0']],
])('%s is answered to nobody but who sent it', async (_, fails, method, lines) => {
  const path = fragile(fails);
  const head = [`${method} ${path} HTTP/1.1`, 'Host: www.example.com', 'Connection: close', ...lines];
  for (let round = 0; round < 2; round += 1) {
    await exchange(site.address, `${head.join('\r\n')}\r\n\r\n`);
    expect((await ask(site.address, path)).body).toBe('well');
    expect((await askUntilHit(site.address, path)).body).toBe('well');
  }
});

test.each([
  ['a Host that nginx and the application read differently', 'Host: www.example.com:80'],
  ['a host in a header', 'X-Forwarded-Host: evil.example'],
  ['a scheme in a header', 'X-Forwarded-Proto: https'],
  ['a prefix in a header', 'X-Forwarded-Prefix: //evil.example'],
])('a redirect of the application is where it would be for anybody, whatever is said by %s', async (_, line) => {
  const path = newPath('/redirect');
  site.origin.on(path, ({ headers }, response) => {
    const said = (name: string) => headers[name]?.toString();
    const host = said('x-forwarded-host') ?? said('host') ?? '';
    const Location = `${said('x-forwarded-proto') ?? 'http'}://${host}${said('x-forwarded-prefix') ?? ''}/target`;
    response.writeHead(301, { ...CACHED, Location }).end();
  });
  await exchange(
    site.address,
    `GET ${path} HTTP/1.1\r\n${line.startsWith('Host') ? line : `Host: www.example.com\r\n${line}`}\r\nConnection: close\r\n\r\n`,
  );
  expect((await askUntilHit(site.address, path)).headers.location).toBe('http://www.example.com/target');
});

test('a page that breaks off is not stored, whoever made it break off', async () => {
  let broken = true;
  const path = newPath('/truncated');
  site.origin.on(path, (_, response) => {
    response.writeHead(200, { ...CACHED, 'Content-Length': broken ? 900 : 4 }).write('well');
    if (broken) response.destroy();
    else response.end();
  });
  await exchange(site.address, `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n`);
  broken = false;
  expect((await askUntilHit(site.address, path)).body).toBe('well');
});

test('a failing rendering leaves a page alone that is stored', async () => {
  let failing = false;
  const path = fragile(({ headers }) => (failing || headers['x-own'] ? 500 : undefined));
  await askUntilHit(site.address, path);
  failing = true;
  const session = await ask(site.address, path, { Cookie: 'session=1' });
  expect([session.status, cacheStatus(session)]).toEqual([500, 'fwd=bypass; detail=cookie']);
  expect((await askUntilHit(site.address, path)).body).toBe('well');
});
