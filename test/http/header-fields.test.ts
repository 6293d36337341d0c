import { casePath, reuse, saying, type OriginAnswer } from '../support/http-case';
import { askUntilHit, cacheStatus, exchange } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => (site = await startTestSite()));
afterAll(() => site?.stop());

/** The lines of a head as they came, without the status line and what belongs to the connection or to this answer. */
async function headLines(path: string): Promise<string[]> {
  const text = await exchange(
    site.address,
    `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n`,
  );
  const [, ...lines] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  return lines.filter((line) => !/^(?:connection|cache-status|age|etag|server):/i.test(line));
}

/** A miss and a hit of what an origin answers so. */
async function bothHeads(answer: OriginAnswer): Promise<{ miss: string[]; hit: string[] }> {
  const path = casePath();
  site.origin.on(path, saying(answer));
  const miss = await headLines(path);
  await askUntilHit(site.address, path);
  return { miss, hit: await headLines(path) };
}

const FRESH = { 'Cache-Control': 'max-age=60', Date: 'Sat, 01 Jan 2050 00:00:00 GMT' };

test.each([
  ['plain', 'X-Own', 'value'],
  ['empty', 'X-Own', ''],
  ['with commas, semicolons and quotes', 'X-Own', 'a, "b; c\\"d", ;e=f,,g'],
  ['with a tab inside', 'X-Own', 'a\tb'],
  ['with several spaces inside', 'X-Own', 'a   b'],
  ['with raw bytes (obs-text)', 'X-Own', 'caf\xe9 \x80\xff'],
  ['that is no date', 'Last-Modified', 'yesterday'],
  ['of every mark of a token', "X-!#$%&'*+.^_`|~-9", 'value'],
  ['of 8 kB', 'X-Own', 'v'.repeat(8192)],
  ['with a colon first', 'X-Own', ':a: b'],
  ['of one character', 'X', 'y'],
  ['about another type', 'Content-Type', 'text/plain;charset="utf-8" ; x=y'],
  ['about the place', 'Content-Location', '/elsewhere?a=%20'],
  ['about what may be embedded', 'Content-Security-Policy', "default-src 'self'"],
  ['that looks like one about content', 'Content-Foo', 'value'],
  ['about keys, of long ago', 'Public-Key-Pins', 'pin-sha256="x"; max-age=1'],
])('a field %s comes back byte for byte on a miss and on a hit (RFC 9111 3.1, 9110 5.5)', async (_, name, value) => {
  const { miss, hit } = await bothHeads({ fields: { ...FRESH, [name]: value } });
  expect(hit).toContain(`${name}: ${value}`);
  expect(miss).toContain(`${name}: ${value}`);
});

test('lines of one name stay apart and in their order (RFC 9110 5.3)', async () => {
  const { miss, hit } = await bothHeads({ fields: { ...FRESH, 'X-Own': ['c', 'a', 'b, c'], Link: ['</a>', '</b>'] } });
  const ofThose = (lines: string[]) => lines.filter((line) => /^(?:x-own|link):/i.test(line));
  expect(ofThose(hit)).toEqual(['X-Own: c', 'X-Own: a', 'X-Own: b, c', 'Link: </a>', 'Link: </b>']);
  expect(ofThose(miss)).toEqual(ofThose(hit));
});

test('five hundred fields of 30 kB together come back (RFC 9110 5.4)', async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`X-Many-${i}`, `${i}`.repeat(14)]));
  const { miss, hit } = await bothHeads({ fields: { ...FRESH, ...many } });
  expect(hit.filter((line) => line.startsWith('X-Many-'))).toHaveLength(500);
  expect(hit.sort()).toEqual(miss.sort());
});

test('a head that is too large is not stored, and reaches the visitor whole', async () => {
  const path = casePath();
  site.origin.on(path, saying({ fields: { ...FRESH, 'X-Own': 'v'.repeat(40_000) } }));
  expect(await headLines(path)).toContain(`X-Own: ${'v'.repeat(40_000)}`);
  const again = await exchange(
    site.address,
    `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n`,
  );
  expect(again).toContain('detail=head-too-large');
});

test('fields that Connection lists, and those of the connection, are not stored (RFC 9111 3.1, 9110 7.6.1)', async () => {
  const { miss, hit } = await bothHeads({
    fields: {
      ...FRESH,
      'X-A': '1',
      'x-b': '2',
      'X-C': '3',
      Connection: ['x-a, X-B', 'Keep-Alive'],
      'Keep-Alive': 'timeout=5',
      'Proxy-Connection': 'x',
      TE: 'trailers',
      Trailer: 'X-T',
      Upgrade: 'h2c',
      'Proxy-Authenticate': 'Basic',
      'Proxy-Authorization': 'x',
      'Proxy-Authentication-Info': 'x',
    },
  });
  const names = (lines: string[]) => lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()).sort();
  expect(names(hit)).toEqual(['cache-control', 'content-length', 'date', 'x-c']);
  expect(names(miss)).toEqual(names(hit));
});

test('what Connection may not list is obeyed all the same (RFC 9110 7.6.1)', async () => {
  const fields = { 'Cache-Control': 'private', 'Set-Cookie': 'a=b', Connection: 'Cache-Control, Set-Cookie' };
  const path = casePath();
  site.origin.on(path, saying({ fields }));
  await headLines(path);
  const again = await exchange(
    site.address,
    `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n`,
  );
  expect(again).toContain('detail=set-cookie');
});

test('trailers are ignored (RFC 9110 6.5.1)', async () => {
  const path = casePath();
  const body = '4\r\npage\r\n0\r\nCache-Control: no-store\r\nX-Trailer: 1\r\nSet-Cookie: a=b\r\n\r\n';
  const fields = { 'Cache-Control': 'max-age=60', Trailer: 'X-Trailer', 'Transfer-Encoding': 'chunked' };
  site.origin.on(path, saying({ fields, body }));
  const miss = await headLines(path);
  const hit = await askUntilHit(site.address, path);
  expect([reuse(hit), hit.body, hit.headers['x-trailer'], hit.headers['set-cookie']]).toEqual([
    'hit',
    'page',
    undefined,
    undefined,
  ]);
  expect(miss.join()).not.toMatch(/x-trailer|set-cookie/i);
});

test.each([
  ['shorter than it says', { 'Content-Length': '9' }, 'page'],
  ['chunked without an end', { 'Transfer-Encoding': 'chunked' }, '4\r\npage\r\n'],
])('a body that is %s is not stored (RFC 9111 3.3)', async (_, framing, body) => {
  const path = casePath();
  site.origin.on(path, saying({ fields: { 'Cache-Control': 'max-age=60', ...framing }, body }, { fields: FRESH }));
  await headLines(path);
  const whole = await askUntilHit(site.address, path);
  expect([cacheStatus(whole), whole.body]).toEqual(['hit', expect.stringMatching(/^answer \d+$/)]);
});
