import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { askTwice, casePath, type Fields, notStored, REUSED, reuse, saying, statusTwice } from '../support/http-case';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
let strict: TestSite;
beforeAll(async () => {
  [site, strict] = await Promise.all([
    startTestSite({ storage: { errorsThatSaySo: true } }),
    startTestSite({ storage: { negativeTtl: 60 } }),
  ]);
});
afterAll(() => Promise.all([site?.stop(), strict?.stop()]));

const FRESH: Fields = { 'Cache-Control': 'max-age=60' };
const elsewhere = (fields: Fields): Fields => ({ Location: '/elsewhere', ...fields });
const SUCCESSES = [200, 201, 202, 203, 204, 205, 207, 226, 299];
const REDIRECTS = [300, 301, 302, 303, 305, 307, 308, 399];
const ERRORS = [400, 401, 403, 404, 405, 406, 410, 414, 429, 451, 499, 500, 501, 502, 503, 504, 599];

test.each([...SUCCESSES, ...REDIRECTS, ...ERRORS])(
  'a %i that says how long is stored, and comes back whole (RFC 9111 3)',
  async (status) => {
    const fields = elsewhere({ ...FRESH, 'X-Own': 'mine' });
    const [miss, hit] = await askTwice(site, { status, fields });
    expect([miss, hit].map(reuse)).toEqual(REUSED);
    expect([miss.status, hit.status, hit.headers['x-own']]).toEqual([status, status, 'mine']);
    expect(hit.body).toBe(miss.body);
    expect(hit.body).toMatch(status === 204 || status === 205 ? /^$/ : /^answer \d+$/);
  },
);

test.each([...SUCCESSES, ...REDIRECTS, ...ERRORS])(
  'a %i that is stale is not stored (RFC 9111 4.2)',
  async (status) => {
    const fields = elsewhere({ 'Cache-Control': 'max-age=60', Age: '60' });
    const expected = status >= 500 ? 'fwd=uri-miss; detail=expired' : notStored('expired')[0];
    expect(await statusTwice(site, { status, fields })).toEqual([expected, expected]);
  },
);

test.each([201, 202, 204, 205, 299, 302, 303, 307, 399, 403, 404, 500, 599])(
  'a %i that says nothing is not stored (RFC 9111 4.2.2)',
  async (status) => expect(await statusTwice(site, { status, fields: elsewhere({}) })).toEqual(notStored('status')),
);

test.each(ERRORS.filter((status) => status !== 404 && status !== 410))(
  'a %i is not stored unless the site has it so, whatever it says',
  async (status) => expect(await statusTwice(strict, { status, fields: FRESH })).toEqual(notStored('status')),
);

test.each<[requirement: string, status: number, value: string, expected: string[]]>([
  ['a status that is understood, also with no-store', 200, 'must-understand, no-store, max-age=60', REUSED],
  ['an error that is understood', 404, 'must-understand, no-store, max-age=60', REUSED],
  ['no status that is not', 299, 'must-understand, max-age=60', notStored('status')],
  ['no error that is not', 599, 'must-understand, max-age=60', notStored('status')],
  ['nothing that is private', 200, 'must-understand, private, max-age=60', notStored('private')],
])('must-understand: %s (RFC 9111 5.2.2.3)', async (_, status, value, expected) => {
  expect(await statusTwice(site, { status, fields: { 'Cache-Control': value } })).toEqual(expected);
});

test('a part is not stored (RFC 9111 3.3)', async () => {
  const fields = { ...FRESH, 'Content-Range': 'bytes 0-3/9' };
  expect(await statusTwice(site, { status: 206, fields, body: 'part' })).toEqual(notStored('status'));
});

test('a 304 that nobody asked for is not stored (RFC 9111 3)', async () => {
  expect(await statusTwice(site, { status: 304, fields: { ...FRESH, ETag: '"a"' } })).toEqual(notStored('status'));
});

test.each([
  ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Early: 1\r\n\r\n'],
  ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['two of them', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n'],
  ['an unknown one', 'HTTP/1.1 199 What\r\n\r\n'],
])('a page after %s is stored as if it came alone (RFC 9110 15.2)', async (_, before) => {
  const [miss, hit] = await askTwice(site, { fields: FRESH, before });
  expect([miss, hit].map(reuse)).toEqual(REUSED);
  expect([miss, hit].map(({ status, headers }) => [status, headers['x-early']])).toEqual(
    Array(2).fill([200, undefined]),
  );
});

const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());

/** What a client that knows interim responses takes for the answer. */
async function finalAnswer(path: string, headers: Record<string, string>): Promise<[status?: number, body?: string]> {
  const [host, port] = site.address.split(':');
  const asking = request({ host, port, path, headers: { Host: 'www.example.com', ...headers }, agent }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return [answer.statusCode, (await answer.setEncoding('latin1').toArray()).join('')];
}

test.each([
  ['a 100 that nobody asked for, of which no page is made', 'HTTP/1.1 100 Continue\r\n\r\n', {}],
  ['a 103 past the cache', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', { Cookie: 'session=1' }],
])('after %s the visitor gets the final answer (RFC 9110 15.2)', async (_, before, headers: Record<string, string>) => {
  const path = casePath();
  site.origin.on(path, saying({ fields: FRESH, before, body: 'final' }));
  expect(await finalAnswer(path, headers)).toEqual([200, 'final']);
});
