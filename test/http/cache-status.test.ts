import { casePath, saying } from '../support/http-case';
import { ask, askUntilHit } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const FRESH = { 'Cache-Control': 'max-age=3600' };
const DETAILS = ['ttl', 'key', 'fwd-status'] as const;
const KEY = String.raw`test:1\.[0-9a-f]{8}:[0-9a-f]{32}`;

describe('Cache-Status (RFC 9211)', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite()));
  afterAll(() => site?.stop());

  test('stands behind what a cache before this one says', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: { ...FRESH, 'Cache-Status': 'inner; hit; ttl=5' } }));
    const miss = await ask(site.address, path);
    expect(miss.headers['cache-status']).toBe('inner; hit; ttl=5, nginx-memcache-site; fwd=uri-miss; stored');
    const path2 = casePath();
    site.origin.on(path2, saying({ fields: { ...FRESH, 'Cache-Status': 'inner; hit' } }));
    await ask(site.address, path2);
    expect((await ask(site.address, path2)).headers['cache-status']).toBe('inner; hit, nginx-memcache-site; hit');
    expect((await ask(site.address, path2, { Cookie: 'session=1' })).headers['cache-status']).toBe(
      'inner; hit, nginx-memcache-site; fwd=bypass; detail=cookie',
    );
  });

  test('says nothing of keys and times by itself', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: FRESH }));
    await ask(site.address, path);
    expect((await askUntilHit(site.address, path)).headers['cache-status']).toBe('nginx-memcache-site; hit');
  });
});

describe.each<[string, Partial<Parameters<typeof startTestSite>[0]>]>([
  ['from Memcached', {}],
  ["through each node's own cache", { perNodeCache: { size: 1_048_576 } }],
])('Cache-Status with details, %s', (_, document) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite({ ...document, cacheStatus: { details: [...DETAILS] } })));
  afterAll(() => site?.stop());

  test('says the seconds that are left, the key, and what the application answered', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: { ...FRESH, Age: '100' } }));
    const miss = await ask(site.address, path);
    expect(miss.headers['cache-status']).toMatch(
      new RegExp(`^nginx-memcache-site; fwd=uri-miss; fwd-status=200; stored; ttl=3(?:500|4\\d\\d); key="${KEY}"$`),
    );
    for (const time of [1, 2, 3]) {
      const { headers } = await ask(site.address, path);
      expect([time, headers['cache-status']]).toEqual([
        time,
        expect.stringMatching(new RegExp(`^nginx-memcache-site; hit; ttl=3(?:500|4\\d\\d); key="${KEY}"$`)),
      ]);
      expect(headers).not.toHaveProperty('x-nms-ttl');
    }
  });

  test.each<[string, number, Record<string, string>, Record<string, string>, string]>([
    ['an error', 503, {}, {}, String.raw`fwd=uri-miss; fwd-status=503; key="${KEY}"; detail=status`],
    ['what is not stored', 200, { 'Cache-Control': 'no-store' }, {}, 'fwd=uri-miss; fwd-status=200; detail=no-store'],
    ['a bypass', 404, {}, { Cookie: 'session=1' }, 'fwd=bypass; fwd-status=404; detail=cookie'],
  ])('says of %s what the application answered', async (__, status, fields, headers, said) => {
    const path = casePath();
    site.origin.on(path, saying({ status, fields }));
    const answer = await ask(site.address, path, headers);
    expect(answer.headers['cache-status']).toMatch(new RegExp(`^nginx-memcache-site; ${said}$`));
  });

  test('says of other methods what the application answered', async () => {
    const path = casePath();
    site.origin.on(path, saying({ status: 201 }));
    const answer = await ask(site.address, path, { 'Content-Length': '0' }, 'POST');
    expect(answer.headers['cache-status']).toBe('nginx-memcache-site; fwd=method; fwd-status=201');
  });
});
