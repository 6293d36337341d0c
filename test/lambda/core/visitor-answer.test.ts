import { gzipSync } from 'node:zlib';
import type { HeaderPair, PageResponse } from '../../../lambda/core/page';
import { visitorAnswer } from '../../../lambda/core/visitor-answer';

const TEXT = 'the page '.repeat(50);
const plain: PageResponse = {
  status: 200,
  headers: [
    ['Content-Type', 'text/plain'],
    ['ETag', '"v1"'],
    ['Last-Modified', 'Sun, 01 Mar 2026 10:00:00 GMT'],
    ['Cache-Control', 'max-age=60'],
    ['Date', 'Sun, 01 Mar 2026 12:00:00 GMT'],
  ],
  body: Buffer.from(TEXT),
};
const zipped: PageResponse = {
  ...plain,
  headers: [...plain.headers, ['Content-Encoding', 'gzip'], ['Vary', 'Accept-Encoding']],
  body: gzipSync(TEXT),
};

const answer = (page: PageResponse, headers: HeaderPair[] = [], method = 'GET') =>
  visitorAnswer(page, { method, headers });
const names = ({ headers }: PageResponse) => headers.map(([name]) => name);

test.each<[string, string, boolean]>([
  ['gzip', 'gzip', true],
  ['every coding', '*', true],
  ['gzip among others', 'br;q=1, gzip;q=0.2', true],
  ['no gzip', 'gzip;q=0', false],
  ['another coding only', 'br', false],
  ['nothing', '', false],
])('who takes %s gets the body so', async (_, accepted, isZipped) => {
  const given = await answer(zipped, [['Accept-Encoding', accepted]]);
  expect(names(given).includes('Content-Encoding')).toBe(isZipped);
  expect(given.body.equals(isZipped ? zipped.body : plain.body)).toBe(true);
  // Other bytes have another strong validator (RFC 9110 section 8.8.1).
  expect(given.headers).toContainEqual(['ETag', isZipped ? '"v1"' : 'W/"v1"']);
  expect(given.headers).toContainEqual(['Vary', 'Accept-Encoding']);
});

test.each<[string, HeaderPair[], number]>([
  ['the same entity tag', [['If-None-Match', '"v1"']], 304],
  ['the same, weak', [['If-None-Match', 'W/"v1"']], 304],
  ['one of several', [['If-None-Match', '"v0", "v1"']], 304],
  ['any', [['If-None-Match', '*']], 304],
  ['another entity tag', [['If-None-Match', '"v2"']], 200],
  ['the same day', [['If-Modified-Since', 'Sun, 01 Mar 2026 10:00:00 GMT']], 304],
  ['an earlier day', [['If-Modified-Since', 'Sat, 28 Feb 2026 10:00:00 GMT']], 200],
  [
    'another entity tag and the same day (RFC 9110 section 13.1.3)',
    [
      ['If-None-Match', '"v2"'],
      ['If-Modified-Since', 'Sun, 01 Mar 2026 10:00:00 GMT'],
    ],
    200,
  ],
])('to who has %s', async (_, headers, status) => {
  expect((await answer(plain, headers)).status).toBe(status);
});

test('304 has the headers that a cache is to renew, and none of a body', async () => {
  const given = await answer(plain, [['If-None-Match', '"v1"']]);
  expect([names(given), given.body.length]).toEqual([['ETag', 'Last-Modified', 'Cache-Control', 'Date'], 0]);
});

test('only of a 200 it is asked whether somebody has it', async () => {
  expect((await answer({ ...plain, status: 404 }, [['If-None-Match', '"v1"']])).status).toBe(404);
});

test('HEAD says how long the body is, and has none', async () => {
  const given = await answer(plain, [], 'HEAD');
  expect([given.body.length, given.length]).toEqual([0, TEXT.length]);
});

test('fails for a page that is not what it says', async () => {
  await expect(answer({ ...zipped, body: Buffer.from('not gzip') })).rejects.toThrow(
    'not what its Content-Encoding says',
  );
});
