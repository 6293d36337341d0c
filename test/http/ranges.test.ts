import { casePath, saying } from '../support/http-case';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const TAG = '"a1"';
const MODIFIED = 'Sun, 01 Nov 2026 10:00:00 GMT';
const PAGE = {
  fields: { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=60', ETag: TAG, 'Last-Modified': MODIFIED },
  body: '0123456789',
};

describe.each([
  ['from Memcached', {}],
  ['of a site whose nodes keep pages of their own', { perNodeCache: { size: 1_048_576 } }],
])('a part of a page, %s', (_, document) => {
  let site: TestSite;
  let path: string;
  beforeAll(async () => {
    site = await startTestSite(document);
    path = casePath();
    site.origin.on(path, saying(PAGE));
    await askUntilHit(site.address, path);
  });
  afterAll(() => site?.stop());

  const rendered = () => site.origin.received.filter(({ target }) => target === path).length;

  test.each<[string, Record<string, string>, number, string]>([
    ['the first bytes', { Range: 'bytes=0-1' }, 206, '01'],
    ['from a byte to the end', { Range: 'bytes=7-' }, 206, '789'],
    ['the last bytes', { Range: 'bytes=-3' }, 206, '789'],
    ['more than there is', { Range: 'bytes=8-99' }, 206, '89'],
    ['several parts: the whole page', { Range: 'bytes=0-1,4-5' }, 200, '0123456789'],
    ['another unit: the whole page', { Range: 'lines=1-2' }, 200, '0123456789'],
    ['If-Range with the page’s tag', { Range: 'bytes=0-1', 'If-Range': TAG }, 206, '01'],
    ['If-Range with another tag: the whole page', { Range: 'bytes=0-1', 'If-Range': '"b"' }, 200, '0123456789'],
    ['If-Range with the page’s date', { Range: 'bytes=0-1', 'If-Range': MODIFIED }, 206, '01'],
    [
      'If-Range with an earlier date: the whole page',
      { Range: 'bytes=0-1', 'If-Range': 'Sat, 31 Oct 2026 10:00:00 GMT' },
      200,
      '0123456789',
    ],
  ])('is cut out of what is stored: %s', async (__, headers, status, body) => {
    const before = rendered();
    const answer = await ask(site.address, path, headers);
    expect([answer.status, answer.body, cacheStatus(answer)]).toEqual([status, body, 'hit']);
    expect(answer.headers.age).toMatch(/^\d+$/);
    expect(rendered()).toBe(before);
  });

  test('is not what HEAD asks for (RFC 9110 section 14.2)', async () => {
    const own = casePath();
    site.origin.on(own, saying(PAGE));
    await askUntilHit(site.address, own);
    const answer = await ask(site.address, own, { Range: 'bytes=0-1' }, 'HEAD');
    expect([answer.status, answer.headers['content-length']]).toEqual([200, '10']);
  });

  test('says where it lies, and keeps the headers of the page', async () => {
    const { headers } = await ask(site.address, path, { Range: 'bytes=2-4' });
    expect(headers).toMatchObject({
      'content-range': 'bytes 2-4/10',
      'content-length': '3',
      etag: TAG,
      'cache-control': 'max-age=60',
      'content-type': 'text/plain',
    });
  });

  test('that cannot be is 416, with the length', async () => {
    const answer = await ask(site.address, path, { Range: 'bytes=10-' });
    expect([answer.status, answer.headers['content-range']]).toEqual([416, 'bytes */10']);
  });

  test.each<[string, Record<string, string>]>([
    ['of a page that is not stored', { Range: 'bytes=0-1' }],
    ['with a weak tag in If-Range, which never matches', { Range: 'bytes=0-1', 'If-Range': 'W/"a1"' }],
    ['with a condition besides', { Range: 'bytes=0-1', 'If-None-Match': '"b"' }],
    ['of who has a session', { Range: 'bytes=0-1', Cookie: 'session=1' }],
  ])('is the application’s to answer and is not stored: %s', async (name, headers) => {
    const asked = name === 'of a page that is not stored' ? casePath() : path;
    const fields = { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-1/10' };
    site.origin.on(asked, saying({ status: 206, fields, body: 'AB' }, PAGE));
    const answer = await ask(site.address, asked, headers);
    expect([answer.status, answer.body, cacheStatus(answer)]).toEqual([
      206,
      'AB',
      `fwd=bypass; detail=${'Cookie' in headers ? 'cookie' : 'range'}`,
    ]);
    expect(site.origin.received.at(-1)?.headers).toMatchObject(
      Object.fromEntries(Object.entries(headers).map(([field, value]) => [field.toLowerCase(), value])),
    );
    site.origin.on(asked, saying(PAGE));
    expect((await ask(site.address, asked)).body).toBe('0123456789');
  });

  test('of a compressed page is a part of what is sent: of the whole page to who takes no gzip', async () => {
    const own = casePath();
    const body = 'word '.repeat(500);
    site.origin.on(own, saying({ fields: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/html' }, body }));
    const whole = await askUntilHit(site.address, own, { 'Accept-Encoding': 'gzip' });
    const part = await ask(site.address, own, { 'Accept-Encoding': 'gzip', Range: 'bytes=3-9' });
    expect([part.status, part.body, part.headers['content-encoding']]).toEqual([206, whole.body.slice(3, 10), 'gzip']);
    const plain = await ask(site.address, own, { Range: 'bytes=3-9' });
    expect([plain.status, plain.body, plain.headers['content-encoding']]).toEqual([200, body, undefined]);
  });
});
