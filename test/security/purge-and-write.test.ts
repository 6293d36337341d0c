import { randomBytes } from 'node:crypto';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { MARK } from './attack';
import { countRows } from './stored-rows';
import { storedText, versionsOf } from './stored-text';

/*
 * What the functions are asked by somebody who may invoke them, and who wants more than that: all of a site's pages gone by
 * one small request, pages of other hosts, or another head than a page has.
 */

const PAGES = ['/', '/items', '/items-old', '/items/1', '/ITEMS'];
const url = (path: string) => `http://www.example.com${path}`;
let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ hosts: ['www.example.com', '127.0.0.1'], limits: { pageSize: 4096 } });
  for (const path of PAGES) site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=600', 'Cache-Tag': 'a,ab' }));
});
afterAll(() => site?.stop());

const purge = (request: unknown) => site.functions.purge.invoke(request);
const write = (request: unknown) => site.functions.write.invoke(request);

test.each<[string, unknown]>([
  ['10,000 URLs of which the last is odd', { urls: [...PAGES, ...Array<string>(9990).fill('/x'), '/..'].map(url) }],
  ['a prototype', JSON.parse(`{"urls":["${url('/items')}"],"__proto__":{"everything":true}}`)],
  ['a path of 1 MB', { urls: [url('/items'), url('/a'.repeat(5e5))] }],
  ['patterns', { urls: [url('/items')], tags: ['a', '.* x'], hosts: ['.*/'] }],
  ['an encoded slash', { prefixes: [url('/items'), url('/items%2f..')] }],
  ['nothing in its lists', { urls: [''], tags: [''], prefixes: ['/'], everything: false }],
])('a purge with %s is refused before anything has changed', async (_, request) => {
  for (const path of PAGES) await askUntilHit(site.address, path);
  const before = [await versionsOf(site, PAGES.map(url)), await countRows(site)];
  await expect(purge(request)).rejects.toMatchObject({ errorType: 'PurgeRequestError' });
  expect([await versionsOf(site, PAGES.map(url)), await countRows(site)]).toEqual(before);
});

test.each<[object, readonly string[]]>([
  [{ prefixes: [url('/items')] }, ['/items', '/items/1']],
  [{ prefixes: [url('/items/')] }, ['/items/1']],
  [{ urls: [url('/items?x=/items/1')] }, ['/items']],
  [{ tags: ['A', '*', 'a*', 'b', 'a,ab'] }, []],
  [{ tags: ['a'] }, PAGES],
  [{ hosts: ['127.0.0.1'] }, []],
])('a purge of %j removes that and nothing that only looks like it', async (request, selected) => {
  for (const path of PAGES) await askUntilHit(site.address, path);
  await purge(request);
  const statuses = await Promise.all(PAGES.map(async (path) => cacheStatus(await ask(site.address, path))));
  expect(PAGES.filter((_, i) => statuses[i] !== 'hit')).toEqual(selected);
});

const HEADS: [string, Record<string, string | string[]>, string][] = [
  ['another host’s end of a line', { 'X-A': 'a\r\nSet-Cookie: b=1' }, 'must be a header without control characters'],
  ['a name that ends its line', { 'X-A: a\r\nX-B': 'b' }, 'must be a header without control characters'],
  ['a character that becomes a line’s end', { 'X-A': 'a\u010d\u010aX-B: b' }, 'must be a header without control'],
  ['a length below its body’s', { 'Content-Length': '1' }, "must be the body's length"],
  ['two lengths', { 'Content-Length': ['6', '60'] }, "must be the body's length"],
  ['a blank in a name', { 'X A': 'a' }, 'must be a header without control characters'],
];

test.each(HEADS)(
  'a page that is pushed with %s is refused, and the others of its request with it',
  async (_, headers, rule) => {
    const good = { url: url('/pushed'), body: MARK };
    await expect(write({ pages: [good, { ...good, url: url('/p'), headers }] })).rejects.toThrow(rule);
    expect(await storedText(site)).not.toContain(MARK);
  },
);

test.each([
  'http://other.example/a',
  'http://www.example.com.other.example/a',
  'http://www.example.com@other.example/a',
  'http://other.example\\@www.example.com/a',
  'http://169.254.169.254/latest',
  'http://[::1]/',
  'http://www.example.com/a%2f..',
  '//www.example.com/a',
])('a push to %s is refused, and the others of its request with it', async (foreign) => {
  const pages = [
    { url: url('/pushed'), body: MARK },
    { url: foreign, body: MARK },
  ];
  await expect(write({ pages })).rejects.toMatchObject({ errorType: 'WriteRequestError' });
  expect(await storedText(site)).not.toContain(MARK);
});

test.each<[string, object, string]>([
  ['a cookie', { headers: { 'Set-Cookie': 'session=1' } }, 'set-cookie'],
  ['private content', { headers: { 'Cache-Control': 'private' }, ttl: 60 }, 'private'],
  ['a body above the limit', { bodyBase64: randomBytes(9000).toString('base64'), ttl: 60 }, 'too-large'],
  ['a part', { status: 206, ttl: 60 }, 'status'],
])('a page that is pushed with %s is not stored', async (_, more, reason) => {
  const answer = (await write({ pages: [{ url: url('/pushed'), ...more }] })) as { pages: { outcome: string }[] };
  expect(answer.pages[0]?.outcome).toBe(reason);
  expect(cacheStatus(await ask(site.address, '/pushed'))).not.toBe('hit');
});

test('commands to nginx and framing that are pushed are not in the page', async () => {
  const headers = {
    'X-Accel-Redirect': '/',
    'Transfer-Encoding': 'chunked',
    Connection: 'x-a',
    'X-A': 'a',
    'X-Nms-Pass': '1',
  };
  await write({ pages: [{ url: url('/framed'), body: 'framed', headers, ttl: 60 }] });
  const answer = await ask(site.address, '/framed');
  expect([answer.status, answer.body, cacheStatus(answer)]).toEqual([200, 'framed', 'hit']);
  for (const name of Object.keys(headers).slice(3)) expect(answer.headers).not.toHaveProperty(name.toLowerCase());
  await purge({ urls: [url('/framed')] });
});
