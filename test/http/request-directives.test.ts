import { casePath, saying } from '../support/http-case';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const HOUR = { fields: { 'Cache-Control': 'max-age=3600', Age: '600' } };

describe('what a visitor asks of caches', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite()));
  afterAll(() => site?.stop());

  test.each<Record<string, string>>([
    { 'Cache-Control': 'no-cache' },
    { 'Cache-Control': 'no-store' },
    { 'Cache-Control': 'max-age=0' },
    { Pragma: 'no-cache' },
  ])('is ignored: %j neither renders a page anew nor keeps it out', async (headers) => {
    const path = casePath();
    site.origin.on(path, saying(HOUR));
    expect(cacheStatus(await ask(site.address, path, headers))).toBe('fwd=uri-miss; stored');
    expect(cacheStatus(await askUntilHit(site.address, path, headers))).toBe('hit');
  });

  test('is ignored: only-if-cached is answered by the application', async () => {
    const path = casePath();
    site.origin.on(path, saying(HOUR));
    const answer = await ask(site.address, path, { 'Cache-Control': 'only-if-cached' });
    expect([answer.status, cacheStatus(answer)]).toEqual([200, 'fwd=uri-miss; stored']);
  });
});

describe.each([
  ['beside nginx', 'sidecar'],
  ['as a function', 'function'],
] as const)('where the site has it honoured, with a writer %s, what a visitor asks of caches', (_, fill) => {
  let site: TestSite;
  beforeAll(async () => {
    const eligibility = { requestDirectives: 'honour' } as const;
    const storage = { keptFor: 3600, keepNoCache: true, errorsThatSaySo: true };
    site = await startTestSite({ eligibility, storage }, { fill });
  });
  afterAll(() => site?.stop());

  // The page is 600 seconds old, and fresh for 3000 more.
  test.each<[string, Record<string, string>, string]>([
    ['no-cache (RFC 9111 5.2.1.4) renders anew', { 'Cache-Control': 'no-cache' }, 'fwd=request; stored'],
    ['no-store (5.2.1.5) goes to the application', { 'Cache-Control': 'no-store' }, 'fwd=bypass; detail=no-store'],
    ['max-age (5.2.1.1) below the age', { 'Cache-Control': 'max-age=599' }, 'fwd=request; stored'],
    ['max-age above the age', { 'Cache-Control': 'max-age=900' }, 'hit'],
    ['max-age that is no number', { 'Cache-Control': 'max-age=x' }, 'fwd=request; stored'],
    ['min-fresh (5.2.1.3) above what is left', { 'Cache-Control': 'min-fresh=3001' }, 'fwd=request; stored'],
    ['min-fresh below what is left', { 'Cache-Control': 'min-fresh=2900' }, 'hit'],
    ['two of them', { 'Cache-Control': 'min-fresh=10, max-age=10' }, 'fwd=request; stored'],
    ['in other letters', { 'Cache-Control': 'No-Cache' }, 'fwd=request; stored'],
    ['only-if-cached (5.2.1.7) of what is cached', { 'Cache-Control': 'only-if-cached' }, 'hit'],
    ['Pragma (5.4)', { Pragma: 'no-cache' }, 'fwd=request; stored'],
    ['Pragma beside Cache-Control', { Pragma: 'no-cache', 'Cache-Control': 'max-age=900' }, 'hit'],
    ['what is none of these', { 'Cache-Control': 'no-transform, stale-if-error=1, x-no-cached' }, 'hit'],
  ])('holds: %s', async (__, headers, status) => {
    const path = casePath();
    site.origin.on(path, saying(HOUR));
    const first = await ask(site.address, path);
    await askUntilHit(site.address, path);
    const answer = await ask(site.address, path, headers);
    expect(cacheStatus(answer)).toBe(status);
    expect(answer.body === first.body).toBe(status === 'hit');
    if (status === 'hit') expect(Number(answer.headers.age)).toBeGreaterThanOrEqual(600);
    // A new rendering is everybody's, and what was only passed on is nobody else's.
    const next = await askUntilHit(site.address, path);
    expect(next.body).toBe(status.endsWith('stored') ? answer.body : first.body);
  });

  test('holds: only-if-cached of what is not cached is 504, and asks nobody', async () => {
    const path = casePath();
    const answer = await ask(site.address, path, { 'Cache-Control': 'only-if-cached' });
    expect([answer.status, answer.body, cacheStatus(answer)]).toEqual([504, '', 'detail=only-if-cached']);
    expect(site.origin.received.filter(({ target }) => target === path)).toEqual([]);
  });

  test.each<[string, string, string, boolean]>([
    ['max-stale (5.2.1.2)', 'max-age=60', 'max-stale', true],
    ['max-stale with enough seconds', 'max-age=60', 'max-stale=100', true],
    ['max-stale with too few', 'max-age=60', 'max-stale=10', false],
    ['max-stale of a page that must be validated', 'max-age=60, must-revalidate', 'max-stale', false],
    ['max-stale of a page for shared caches', 's-maxage=60', 'max-stale', false],
    ['max-stale of a page that is too old besides', 'max-age=60', 'max-stale, max-age=70', false],
  ])('holds: %s', async (__, cacheControl, asked, isStale) => {
    const path = casePath();
    // Past its lifetime by 20 seconds when it comes.
    site.origin.on(path, saying({ fields: { 'Cache-Control': cacheControl, Age: '80', ETag: '"a"' } }));
    const first = await ask(site.address, path);
    const answer = await ask(site.address, path, { 'Cache-Control': asked });
    expect(answer.body === first.body).toBe(isStale);
  });

  test('is answered a failure where the application fails, which takes no page’s place', async () => {
    const path = casePath();
    site.origin.on(path, saying(HOUR));
    const first = await askUntilHit(site.address, path);
    site.origin.on(path, saying({ status: 503, fields: { 'Cache-Control': 'max-age=60' } }));
    const answer = await ask(site.address, path, { 'Cache-Control': 'no-cache' });
    expect([answer.status, cacheStatus(answer)]).toEqual([503, 'fwd=request; detail=status']);
    expect((await askUntilHit(site.address, path)).body).toBe(first.body);
  });
});
