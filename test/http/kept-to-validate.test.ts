import { casePath, type Fields, type OriginAnswer } from '../support/http-case';
import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { askedFor, isConditional, notModified, validating } from '../support/validating-origin';

const KEPT = 'fwd=uri-miss; stored; detail=kept';
const CONFIRMED = 'fwd=stale; fwd-status=304; stored; detail=kept';
const TAG = '"one"';
const MODIFIED = 'Thu, 01 Jan 2026 00:00:00 GMT';

let site: TestSite;
beforeAll(async () => (site = await startTestSite({ storage: { keptFor: 3600, keepNoCache: true } })));
afterAll(() => site?.stop());

/** Asks so many times for what an origin answers so. */
async function askTimes(
  times: number,
  full: Fields | readonly OriginAnswer[],
  conditional: readonly OriginAnswer[],
): Promise<{ path: string; answers: RawAnswer[] }> {
  const path = casePath('/kept');
  site.origin.on(path, validating({ full: Array.isArray(full) ? full : [{ fields: full as Fields }], conditional }));
  const answers: RawAnswer[] = [];
  while (answers.length < times) answers.push(await ask(site.address, path));
  return { path, answers };
}

describe('a page that may not be answered without asking the origin is kept and validated at each request:', () => {
  test.each<[string, string, Fields]>([
    ['no-cache', '5.2.2.4', { 'Cache-Control': 'no-cache', ETag: TAG }],
    ['no-cache with field names', '5.2.2.4', { 'Cache-Control': 'max-age=60, no-cache="X-User"', ETag: TAG }],
    ['no-cache in a targeted field', '5.2.2.4', { 'CDN-Cache-Control': 'no-cache', ETag: TAG }],
    ['Pragma', '5.4', { Pragma: 'no-cache', ETag: TAG }],
    ['a lifetime of zero', '4.2', { 'Cache-Control': 'max-age=0', 'Last-Modified': MODIFIED }],
    ['a lifetime that is over', '4.2', { 'Cache-Control': 'max-age=60', Age: '60', ETag: TAG }],
    ['must-revalidate', '5.2.2.2', { 'Cache-Control': 'max-age=0, must-revalidate', ETag: TAG }],
    ['a date of expiry in the past', '5.3', { Expires: -60, ETag: TAG }],
  ])('%s (RFC 9111 section %s)', async (_, __, fields) => {
    const { path, answers } = await askTimes(3, fields, [notModified(fields)]);
    expect(answers.map(cacheStatus)).toEqual([KEPT, CONFIRMED, CONFIRMED]);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(askedFor(site, path).map(isConditional)).toEqual([false, true, true]);
  });

  test('and is another page when the origin says so (RFC 9111 section 4.3.3)', async () => {
    const fields = { 'Cache-Control': 'no-cache', ETag: TAG };
    const next = { fields: { 'Cache-Control': 'no-cache', ETag: '"two"' }, body: 'two' };
    const { path, answers } = await askTimes(3, [{ fields, body: 'one' }], [next, notModified({ ETag: '"two"' })]);
    expect(answers.map(({ body }) => body)).toEqual(['one', 'two', 'two']);
    expect(askedFor(site, path).map(({ headers }) => headers['if-none-match'])).toEqual([undefined, TAG, '"two"']);
  });

  test('until the origin says that it may be answered for a while (RFC 9111 section 4.3.4)', async () => {
    const confirmed = notModified({ 'Cache-Control': 'max-age=60', ETag: TAG });
    const { path, answers } = await askTimes(2, { 'Cache-Control': 'no-cache', ETag: TAG }, [confirmed]);
    expect(answers.map(cacheStatus)).toEqual([KEPT, 'fwd=stale; fwd-status=304; stored']);
    expect(await askUntilHit(site.address, path)).toMatchObject({ body: answers[0]?.body });
    expect(askedFor(site, path)).toHaveLength(2);
  });

  test('or that nobody may keep it any more (RFC 9111 sections 4.3.4 and 5.2.2.5)', async () => {
    const refused = notModified({ 'Cache-Control': 'no-store', ETag: TAG });
    const { path, answers } = await askTimes(3, { 'Cache-Control': 'no-cache', ETag: TAG }, [refused]);
    expect(answers.map(cacheStatus)).toEqual([KEPT, ...Array<string>(2).fill('fwd=uri-miss; detail=no-store')]);
    expect(askedFor(site, path).filter(isConditional)).toHaveLength(1);
  });

  test.each([
    ['its URL', (path: string) => ({ urls: [`http://www.example.com${path}`] })],
    ['its tag', () => ({ tags: ['kept'] })],
    ['everything', () => ({ everything: true })],
  ])('but not after a purge of %s', async (_, selection) => {
    const fields = { 'Cache-Control': 'no-cache', ETag: TAG, 'Cache-Tag': 'kept' };
    const { path, answers } = await askTimes(2, fields, [notModified()]);
    expect(await site.functions.purge.invoke(selection(path))).toMatchObject({ purged: true });
    const after = await ask(site.address, path);
    expect([cacheStatus(after), after.body === answers[0]?.body]).toEqual([KEPT, false]);
    expect(askedFor(site, path).map(isConditional)).toEqual([false, true, false]);
  });
});

test.each<[string, string, Fields]>([
  ['has no validator', 'no-cache', { 'Cache-Control': 'no-cache' }],
  ['says no-store', 'no-store', { 'Cache-Control': 'no-cache, no-store', ETag: TAG }],
  ['says private', 'private', { 'Cache-Control': 'no-cache, private', ETag: TAG }],
  ['sets a cookie', 'set-cookie', { 'Cache-Control': 'no-cache', ETag: TAG, 'Set-Cookie': 'a=b' }],
  ['varies by what the key does not cover', 'no-cache', { 'Cache-Control': 'no-cache', ETag: TAG, Vary: 'X-User' }],
])('a page is not kept that %s', async (_, reason, fields) => {
  const { path, answers } = await askTimes(2, fields, [notModified()]);
  expect(answers.map(cacheStatus)).toEqual(Array<string>(2).fill(`fwd=uri-miss; detail=${reason}`));
  expect(askedFor(site, path).filter(isConditional)).toEqual([]);
});
