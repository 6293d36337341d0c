import { casePath, saying } from '../support/http-case';
import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const [EARLIER, MODIFIED, LATER] = [
  'Sat, 31 Oct 2026 10:00:00 GMT',
  'Sun, 01 Nov 2026 10:00:00 GMT',
  'Mon, 02 Nov 2026 10:00:00 GMT',
];
const page = (tag: string, modified = true) => ({
  fields: { 'Cache-Control': 'max-age=60', ETag: tag, ...(modified && { 'Last-Modified': MODIFIED }) },
  body: 'page',
});

type Case = [sentence: string, tag: string, headers: Record<string, string>, status: number];
const CASES: Case[] = [
  ['the tag (RFC 9110 13.1.2)', '"a"', { 'If-None-Match': '"a"' }, 304],
  ['another tag', '"a"', { 'If-None-Match': '"b"' }, 200],
  ['the tag in a list', '"a"', { 'If-None-Match': '"x", "a" ,W/"y"' }, 304],
  ['any tag', '"a"', { 'If-None-Match': '*' }, 304],
  ['the weak tag of a strong one: compared weakly', '"a"', { 'If-None-Match': 'W/"a"' }, 304],
  ['the strong tag of a weak one: compared weakly', 'W/"a"', { 'If-None-Match': '"a"' }, 304],
  ['a tag with commas', '"a,b"', { 'If-None-Match': '"x","a,b"' }, 304],
  ['a later date (13.1.3)', '"a"', { 'If-Modified-Since': LATER }, 304],
  ['the date', '"a"', { 'If-Modified-Since': MODIFIED }, 304],
  ['the date in the form of RFC 850', '"a"', { 'If-Modified-Since': 'Sunday, 01-Nov-26 10:00:00 GMT' }, 304],
  ['an earlier date', '"a"', { 'If-Modified-Since': EARLIER }, 200],
  ['what is no date', '"a"', { 'If-Modified-Since': 'yesterday' }, 200],
  [
    'the tag and an earlier date: the tag counts (13.2.2)',
    '"a"',
    { 'If-None-Match': '"a"', 'If-Modified-Since': EARLIER },
    304,
  ],
  ['another tag and a later date: the tag counts', '"a"', { 'If-None-Match': '"b"', 'If-Modified-Since': LATER }, 200],
];

describe.each([
  ['from Memcached', {}],
  ["through each node's own cache", { perNodeCache: { size: 1_048_576 } }],
])('a visitor who asks on a condition, %s', (_, document) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite(document)));
  afterAll(() => site?.stop());

  const expectAnswer = (answer: RawAnswer, tag: string, status: number) => {
    expect([answer.status, answer.body]).toEqual([status, status === 304 ? '' : 'page']);
    // RFC 9110 section 15.4.5.
    expect(answer.headers).toMatchObject({ etag: tag, 'cache-control': 'max-age=60' });
    expect(answer.headers.date).toMatch(/GMT$/);
  };

  test.each(CASES)('is answered from the store as the condition says: %s', async (__, tag, headers, status) => {
    const path = casePath();
    site.origin.on(path, saying(page(tag)));
    await askUntilHit(site.address, path);
    for (const time of [1, 2]) {
      const answer = await askUntilHit(site.address, path, headers);
      expectAnswer(answer, tag, status);
      expect([time, answer.headers.age]).toEqual([time, expect.stringMatching(/^\d+$/)]);
    }
  });

  test.each(CASES)('is answered so by a page that was just rendered, too: %s', async (__, tag, headers, status) => {
    const path = casePath();
    site.origin.on(path, saying(page(tag)));
    const answer = await ask(site.address, path, headers);
    expectAnswer(answer, tag, status);
    expect(cacheStatus(answer)).toBe('fwd=uri-miss; stored');
    // The whole page is stored.
    expect((await askUntilHit(site.address, path)).body).toBe('page');
  });

  test.each<Record<string, string>>([{ 'If-Match': '"b"' }, { 'If-Unmodified-Since': EARLIER }])(
    'that is not for caches to decide asks the application: %j (RFC 9111 4.3.2)',
    async (headers) => {
      const path = casePath();
      site.origin.on(path, saying(page('"a"')));
      await askUntilHit(site.address, path);
      site.origin.on(path, saying({ status: 412, body: 'no' }));
      const answer = await ask(site.address, path, headers);
      expect([answer.status, cacheStatus(answer)]).toEqual([412, 'fwd=bypass; detail=precondition']);
    },
  );

  test('and is not cached, asks the application with both conditions', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: { 'Cache-Control': 'no-store' } }));
    await ask(site.address, path, { 'If-None-Match': '"b"', 'If-Modified-Since': LATER });
    expect(site.origin.received.at(-1)?.headers).toMatchObject({ 'if-none-match': '"b"', 'if-modified-since': LATER });
  });
});
