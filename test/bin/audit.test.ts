import { audit, type AuditOptions, type Result } from '../../bin/audit/audit';
import { startCarelessSite } from '../security/careless-origin';
import type { TestSite } from '../support/test-site';
import { sendRaw } from '../support/raw-http';
import { startMemcached } from '../../local/memcached';
import { run } from './command-line';
import { startNaiveCache, type NaiveCache } from './naive-cache';

const failedOf = (results: readonly Result[]) => results.filter(({ outcome }) => outcome === 'failed');

async function auditAt(address: string, path = '/', options: Partial<AuditOptions> = {}): Promise<Result[]> {
  return audit(new URL(`http://${address}${path}`), { ports: [], ...options });
}

describe('of a site in front of the most careless application', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startCarelessSite()));
  afterAll(() => site?.stop());

  test('nothing fails', async () => {
    const results = await auditAt(site.address, '/page?x=1');
    expect(failedOf(results)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(45);
  });

  test('what the session alone is shown is kept', async () => {
    const cookie = 'session=secret7731';
    const session = { cookie, secret: 'secret7731', url: new URL(`http://${site.address}/account`) };
    const results = await auditAt(site.address, '/page', { session });
    expect(results.filter(({ check }) => check.includes('a session is shown')).length).toBeGreaterThan(10);
    expect(failedOf(results)).toEqual([]);
  });

  test('the command says so, line by line, and ends well', async () => {
    const { out, code } = await run('audit', `http://${site.address}/page`);
    expect(out).toMatch(/^ok {6}X-Forwarded-Host of one visitor changes nothing for the next$/m);
    expect(out).toMatch(/^\d+ ok, 0 failed, 1 skipped\n$/m);
    expect(code).toBe(0);
  });

  test('a port that is open is found, and fails the command', async () => {
    const memcached = await startMemcached();
    const port = memcached.address.split(':')[1] ?? '';
    const { out, code } = await run('audit', `http://${site.address}/page`, '--ports', port, '--json');
    await memcached.stop();
    const { results } = JSON.parse(out) as { results: Result[] };
    expect(failedOf(results)).toEqual([
      { check: `port ${port} is closed`, outcome: 'failed', detail: 'close it in the security group' },
    ]);
    expect(code).toBe(1);
  });

  test('a page whose parameters do not count is left alone, since visitors would get what is tried', async () => {
    const only = await startCarelessSite({ key: { query: { policy: 'only', names: ['page'] } } });
    await sendRaw(only.address, 'GET /page HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n');
    while (
      !(await sendRaw(only.address, 'GET /page HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n')).headers['cache-status']?.includes(
        'hit',
      )
    );
    await expect(auditAt(only.address, '/page')).rejects.toThrow(/is the same page with every query parameter/);
    await only.stop();
  });
});

describe('of a cache that believes everything', () => {
  let cache: NaiveCache;
  beforeAll(async () => (cache = await startNaiveCache()));
  afterAll(() => cache?.close());

  test('every check fails that can', async () => {
    const session = { cookie: 'session=7731', secret: 'hello 7731', url: new URL(`http://${cache.address}/account`) };
    const results = await auditAt(cache.address, '/', { session, ports: [Number(cache.address.split(':')[1])] });
    const held = results.filter(({ outcome }) => outcome !== 'failed').map(({ check }) => check);
    // The stand-in, of Node, knows no method that begins so.
    expect(held.filter((check) => !/by (?:BAN|REFRESH)$/.test(check))).toEqual(['http leads to https']);
  });

  test('the cookie that has gone bad is said, and not taken for a good sign', async () => {
    const session = { cookie: 'other=1', secret: 'hello 7731', url: new URL(`http://${cache.address}/account`) };
    const [page] = failedOf(await auditAt(cache.address, '/', { session })).filter(({ check }) =>
      check.includes('/account is'),
    );
    expect(page).toMatchObject({ detail: expect.stringMatching(/is the cookie still good\?$/) as string });
  });

  test('a page that is never stored is not audited', async () => {
    await expect(auditAt(cache.address, '/never')).rejects.toThrow(
      /is not answered from the cache \(fwd=miss\).*choose a page that is cached/,
    );
  });
});

test.each([
  [['audit'], /missing required argument 'url'/],
  [['audit', 'www.example.com'], /must be an absolute URL/],
  [['audit', 'ftp://www.example.com/'], /must be an absolute URL/],
  [['audit', 'http://user@www.example.com/'], /without a user/],
  [['audit', 'http://127.0.0.1/', '--cookie', 'a=b'], /--cookie and --secret belong together/],
  [['audit', 'http://127.0.0.1/', '--account', 'http://127.0.0.1/me'], /belong together/],
  [['audit', 'http://127.0.0.1/', '--ports', '0'], /It must be a port/],
])('%j is wrong use', async (words, message) => {
  const { err, code } = await run(...words);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test('a site that does not answer is one line', async () => {
  const { err, code } = await run('audit', 'http://127.0.0.1:1/');
  expect(err).toMatch(/^http:\/\/127\.0\.0\.1:1\/\?audit=\w+ does not answer: .*\n$/);
  expect(code).toBe(1);
});
