import { decodePage, kindOfValue } from '../../lambda/core/page-format';
import { ask, askUntilHit } from '../support/raw-http';
import { MARK, newPath } from './attack';
import { type RawSite, rawPage, startRawSite } from './raw-site';
import { valuesIn } from './stored-text';

let site: RawSite;
beforeAll(async () => (site = await startRawSite()));
afterAll(() => site?.stop());

const FORGED = `HTTP/1.1 200 OK\r\nSet-Cookie: ${MARK}=1\r\nContent-Length: 4\r\n\r\nevil`;

test.each([
  ['an end of values', 'END\r\n'],
  ['a value of memcached', `VALUE x 0 4\r\nevil\r\nEND\r\n`],
  ['commands', 'set x 0 0 1\r\nX\r\nflush_all\r\n'],
  ['an error of memcached', 'SERVER_ERROR out of memory\r\n'],
  ['a response head', FORGED],
  ['a head and an end', `\r\n\r\n${FORGED}`],
  ['a pass marker', 'pass private'],
  ['nothing', ''],
  ['bytes of every kind', Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('')],
  ['includes', '<!--#include virtual="/secret" --><!--#exec cmd="id" --><esi:include src="/secret"/>'],
])('a body that looks like %s is a body: byte for byte, and nothing becomes a head', async (_, body) => {
  const path = newPath('/body');
  site.answers.set(path, rawPage(body, 'Content-Type: text/html'));
  const miss = await ask(site.address, path);
  const hit = await askUntilHit(site.address, path);
  expect([miss.body, hit.body]).toEqual([body, body]);
  expect([miss.headers['set-cookie'], hit.headers['set-cookie']]).toEqual([undefined, undefined]);
});

test.each([
  ...[
    'X-Accel-Redirect: /secret',
    'X-Accel-Expires: 0',
    'X-Accel-Limit-Rate: 1',
    'X-Accel-Charset: x',
    'x-accel-redirect: /secret',
  ],
  ...[
    'X-Nms-Times: 1 99999999999',
    'x-nms-times: 99999999999 1',
    'X-Nms-Outcome: stored',
    'X-Nms-Status: 500',
    'X-Nms-Ttl: ; ttl=9',
  ],
  ...[
    'X-Nms-May-Store: 1',
    'X-SRCache-Store: x',
    'X-Sendfile: /etc/passwd',
    'X-Lighttpd-Send-File: /etc/passwd',
    'Connection: Age',
  ],
  ...[
    'Keep-Alive: timeout=1',
    'Proxy-Connection: close',
    'TE: trailers',
    'Trailer: X',
    'Upgrade: h2c',
    'Proxy-Authenticate: Basic',
  ],
])('what the application says in %s moves nothing: the page is stored, and is what it was', async (line) => {
  const path = newPath('/command');
  site.answers.set(path, rawPage('own', line));
  const seen = [await ask(site.address, path), await askUntilHit(site.address, path), await ask(site.address, path)];
  for (const { status, body, headers } of seen) {
    expect([status, body]).toEqual([200, 'own']);
    expect(Object.keys(headers).filter((name) => /^x-(?:accel|nms)/.test(name))).toEqual([]);
  }
  expect(Number(seen[1]?.headers.age)).toBeLessThan(60);
});

test.each(['X_Nms_Times: 1 2', 'Status: 404 Not Found', 'X-Nms: 1', 'Refresh: 0; url=/'])(
  'what only looks like a command is a header: %s',
  async (line) => {
    const path = newPath('/command');
    site.answers.set(path, rawPage('own', line));
    await ask(site.address, path);
    expect(await askUntilHit(site.address, path)).toMatchObject({ status: 200, body: 'own' });
  },
);

test('after all that, everything in the store is exactly a page, a pass marker or a lease', async () => {
  const values = await valuesIn(site);
  expect(values.length).toBeGreaterThan(20);
  const odd = values.filter((value) => kindOfValue(value) === 'page' && decodePage(value) === undefined);
  expect(odd.map((value) => value.toString('latin1', 0, 80))).toEqual([]);
});
