import { join } from 'node:path';
import { casePath, type Fields, type OriginAnswer } from '../support/http-case';
import { startPlainNginx } from '../support/plain-nginx';
import { ask, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { askedFor, askUntilStatus, isConditional, notModified, validating } from '../support/validating-origin';

const VALIDATED = 'fwd=stale; fwd-status=304; stored';
const KEPT = 'fwd=uri-miss; stored; detail=kept';
const STORED = 'fwd=uri-miss; stored';
// A page of one second is only kept where its second is over when it has been rendered.
const RENDERED = [STORED, KEPT];
const MODIFIED = 'Thu, 01 Jan 2026 00:00:00 GMT';
const TAG = '"one"';

let site: TestSite;
beforeAll(async () => (site = await startTestSite({ storage: { keptFor: 3600, keepNoCache: true } })));
afterAll(() => site?.stop());

const askUntil = (path: string, status: string | string[], method?: string) =>
  askUntilStatus(site, path, status, method);
const askedAbout = (path: string) => askedFor(site, path).filter(isConditional);

const CONTENT = { 'Content-Type': 'text/plain' };

/** Has a page kept that is to be validated at each request, and asks for it again. */
async function validate(
  fields: Fields,
  conditional: OriginAnswer,
  then: string,
  ...later: OriginAnswer[]
): Promise<{ path: string; first: RawAnswer; answer: RawAnswer }> {
  const path = casePath('/validated');
  const once = { fields: { 'Cache-Control': 'no-cache', ...CONTENT, ...fields } };
  site.origin.on(path, validating({ full: [once, ...later], conditional: [conditional] }));
  const first = await ask(site.address, path);
  const answer = await ask(site.address, path);
  expect([first, answer].map(cacheStatus)).toEqual([KEPT, then]);
  return { path, first, answer };
}

describe('a page whose lifetime is over is validated', () => {
  test.each<[string, string, Fields, Fields, object]>([
    ['by its strong entity tag', '4.3.1', { ETag: TAG }, { ETag: TAG }, { 'if-none-match': TAG }],
    ['by its weak entity tag', '4.3.1', { ETag: `W/${TAG}` }, { ETag: `W/${TAG}` }, { 'if-none-match': `W/${TAG}` }],
    [
      'by its date',
      '4.3.1',
      { 'Last-Modified': MODIFIED },
      { 'Last-Modified': MODIFIED },
      { 'if-modified-since': MODIFIED },
    ],
    [
      'by both',
      '4.3.1',
      { ETag: TAG, 'Last-Modified': MODIFIED },
      { ETag: TAG },
      { 'if-none-match': TAG, 'if-modified-since': MODIFIED },
    ],
    ['though the 304 names no validator', '4.3.4', { ETag: TAG }, {}, { 'if-none-match': TAG }],
    ['though the 304 is stronger', '4.3.4', { ETag: `W/${TAG}` }, { ETag: TAG }, { 'if-none-match': `W/${TAG}` }],
    ['though the 304 is weaker', '4.3.4', { ETag: TAG }, { ETag: `W/${TAG}` }, { 'if-none-match': TAG }],
  ])('%s (RFC 9111 section %s)', async (_, __, full, confirmed, asked) => {
    const path = casePath('/validated');
    const fields = { 'Cache-Control': 'max-age=1', ...CONTENT, ...full };
    const conditional = [notModified({ 'Cache-Control': 'max-age=60', ...confirmed })];
    site.origin.on(path, validating({ full: [{ fields }], conditional }));
    const first = await askUntil(path, RENDERED);
    const answer = await askUntil(path, VALIDATED);
    expect(answer).toMatchObject({ status: 200, body: first.body, headers: { 'cache-control': 'max-age=60' } });
    expect(askedAbout(path)).toMatchObject([{ method: 'GET', headers: asked }]);
    expect(await ask(site.address, path)).toMatchObject({
      body: first.body,
      headers: { 'content-type': 'text/plain' },
    });
    expect(cacheStatus(await ask(site.address, path))).toBe('hit');
    expect(askedAbout(path)).toHaveLength(1);
  });

  test('also when its body is coded anew, by the tag that the origin knows (RFC 9110 section 8.8.1)', async () => {
    const path = casePath('/validated');
    const body = 'words '.repeat(200);
    const fields = { 'Cache-Control': 'max-age=1', 'Content-Type': 'text/plain', ETag: TAG };
    const fresh = notModified({ ETag: TAG, 'Cache-Control': 'max-age=60', 'Content-Digest': 'sha-256=:YQ==:' });
    site.origin.on(path, validating({ full: [{ fields, body }], conditional: [fresh] }));
    await askUntil(path, RENDERED);
    const answer = await askUntil(path, VALIDATED);
    expect(answer).toMatchObject({ body, headers: { etag: `W/${TAG}` } });
    expect(answer.headers).not.toHaveProperty('content-digest');
    expect(askedAbout(path)).toMatchObject([{ headers: { 'if-none-match': TAG } }]);
  });

  test('for a HEAD, by a GET (RFC 9111 section 4.3.5)', async () => {
    const path = casePath('/validated');
    const fields = { 'Cache-Control': 'max-age=1', ETag: TAG, 'X-Version': '1' };
    const fresh = notModified({ ETag: TAG, 'Cache-Control': 'max-age=60', 'X-Version': '2' });
    site.origin.on(path, validating({ full: [{ fields, body: 'page' }], conditional: [fresh] }));
    await askUntil(path, RENDERED);
    const head = await askUntil(path, VALIDATED, 'HEAD');
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'x-version': '2' } });
    expect(await ask(site.address, path)).toMatchObject({ body: 'page', headers: { 'x-version': '2' } });
    expect(askedFor(site, path).map(({ method }) => method)).not.toContain('HEAD');
  });
});

test.each<[string, Fields]>([
  ['an entity tag that this cache has made', {}],
  ['an entity tag that is none', { ETag: 'one' }],
  ['two entity tags', { ETag: ['"one"', '"two"'] }],
  ['a date that cannot be read', { 'Last-Modified': '2026-01-01' }],
])('the origin is not asked by %s (RFC 9111 section 4.3.1)', async (_, fields) => {
  const path = casePath('/validated');
  const page = { fields: { 'Cache-Control': 'max-age=1', 'Content-Type': 'text/plain', ...fields } };
  site.origin.on(path, validating({ full: [page], conditional: [notModified()] }));
  const first = await askUntil(path, RENDERED);
  let second = first;
  while (second.body === first.body) second = await ask(site.address, path);
  expect(askedAbout(path)).toEqual([]);
});

test('an nginx that compresses is asked, though its 304 calls its weak tag a strong one', async () => {
  const nginx = await startPlainNginx(
    (address) => `server {
      listen ${address}; root ${join(__dirname, '..', '..')};
      gzip on; gzip_types *; default_type text/plain; add_header Cache-Control no-cache;
    }`,
  );
  const before = await startTestSite(
    { storage: { keptFor: 3600, keepNoCache: true } },
    { origin: `http://${nginx.address}` },
  );
  try {
    const answers = [await ask(before.address, '/LICENSE'), await ask(before.address, '/LICENSE')];
    expect(answers.map(cacheStatus)).toEqual([KEPT, 'fwd=stale; fwd-status=304; stored; detail=kept']);
    expect(answers[1]).toMatchObject({ body: answers[0]?.body, headers: { etag: answers[0]?.headers.etag } });
    expect(answers[0]?.headers.etag).toMatch(/^W\//);
  } finally {
    await before.stop();
    await nginx.stop();
  }
});

describe('a 304 updates what is stored (RFC 9111 section 3.2):', () => {
  const before = { ETag: TAG, 'X-Kept': 'kept', 'X-Changed': 'old', Age: '0' };

  test.each<[string, Fields, Record<string, string | undefined>]>([
    ['fields that it has', { 'X-Changed': 'new' }, { 'x-changed': 'new' }],
    ['each line of them', { 'X-Changed': ['1', '2'] }, { 'x-changed': '1, 2' }],
    ['fields that were not there', { 'X-New': '1' }, { 'x-new': '1' }],
    ['no field that it has not', {}, { 'x-kept': 'kept', 'x-changed': 'old', 'content-type': 'text/plain' }],
    [
      'the type’s parameters',
      { 'Content-Type': 'text/plain;charset=utf-8' },
      { 'content-type': 'text/plain;charset=utf-8' },
    ],
    ['not the length', { 'Content-Length': '99' }, { 'x-kept': 'kept' }],
    ['not the coding', { 'Content-Encoding': 'br' }, { 'content-encoding': undefined }],
    ['not the range', { 'Content-Range': 'bytes 0-1/2' }, { 'content-range': undefined }],
    ['not the digest', { 'Content-MD5': 'abc' }, { 'content-md5': undefined }],
    ['nothing about its connection', { Connection: 'X-Hop', 'X-Hop': '1' }, { 'x-hop': undefined }],
    ['the date of change', { 'Last-Modified': MODIFIED }, { 'last-modified': MODIFIED }],
  ])('%s', async (_, said, expected) => {
    const confirmed = notModified({ ETag: TAG, 'Cache-Control': 'max-age=60', ...said });
    const { path, first, answer } = await validate(before, confirmed, VALIDATED);
    const hit = await ask(site.address, path);
    expect(cacheStatus(hit)).toBe('hit');
    for (const seen of [answer, hit]) {
      expect(seen.body).toBe(first.body);
      for (const [name, value] of Object.entries(expected)) expect([name, seen.headers[name]]).toEqual([name, value]);
    }
  });

  test('its times, of which the old ones say nothing any more (RFC 9111 sections 4.2.3 and 4.3.4)', async () => {
    const confirmed = notModified({ ETag: TAG, 'Cache-Control': 'max-age=60' });
    const { path, first } = await validate({ ...before, Date: -5, Age: '800' }, confirmed, VALIDATED);
    const hit = await ask(site.address, path);
    expect(Date.parse(hit.headers.date ?? '')).toBeGreaterThanOrEqual(Date.parse(first.headers.date ?? '') + 5000);
    expect(Number(hit.headers.age)).toBeLessThan(60);
  });
});

describe('a 304 that is not about the stored response is not used (RFC 9111 section 4.3.4), and the page asked for anew:', () => {
  test.each<[string, Fields, Fields]>([
    ['with another strong entity tag', { ETag: TAG }, { ETag: '"two"' }],
    ['with another weak entity tag', { ETag: TAG }, { ETag: 'W/"two"' }],
    ['with an entity tag where none was stored', { 'Last-Modified': MODIFIED }, { ETag: TAG }],
    ['with another date', { 'Last-Modified': MODIFIED }, { 'Last-Modified': 'Fri, 02 Jan 2026 00:00:00 GMT' }],
    ['with another type', { ETag: TAG }, { ETag: TAG, 'Content-Type': 'text/html' }],
  ])('%s', async (_, full, confirmed) => {
    const anew = { fields: { 'Cache-Control': 'max-age=60' }, body: 'anew' };
    const { path, answer } = await validate(full, notModified(confirmed), STORED, anew);
    expect(answer.body).toBe('anew');
    expect(askedFor(site, path).map(isConditional)).toEqual([false, true, false]);
  });
});
