import { ask, askUntilHit, cacheStatus, exchange } from '../support/raw-http';
import { type DjangoSite, startDjangoSite } from '../support/django';

/** Two nodes: Django's client spreads keys by nginx's ring. */
let site: DjangoSite;
beforeAll(async () => {
  site = await startDjangoSite({
    pages: 'django-nginx-memcache',
    memcachedNodes: 2,
    config: { compatibility: { preset: 'django-nginx-memcache', prefix: 'ps', pageVersions: ['', 'large'] } },
  });
});
afterAll(() => site?.stop());

const LARGE = { Cookie: '_ga=1; pv=large' };

test('each page version is a page of its own; Django tells visitors theirs by the cookie', async () => {
  const first = await ask(site.address, '/list', LARGE);
  expect([cacheStatus(first), first.headers['set-cookie']]).toEqual(['fwd=uri-miss', 'pv=large; Path=/']);
  expect((await askUntilHit(site.address, '/list', LARGE)).body).toContain('version &quot;large&quot;');
  expect(cacheStatus(await ask(site.address, '/list'))).toBe('fwd=uri-miss');
  expect((await askUntilHit(site.address, '/list')).body).toContain('version &quot;&quot;');
});

test('a forged page version is answered with the default one, and stores nothing else', async () => {
  for (const Cookie of ['pv=evil', 'pv=large%26x', 'pv=']) {
    const target = `/list?page=${encodeURIComponent(Cookie)}`;
    await ask(site.address, target, { Cookie });
    expect((await askUntilHit(site.address, target)).body).toContain('version &quot;&quot;');
    expect(cacheStatus(await ask(site.address, target, LARGE))).toBe('fwd=uri-miss');
  }
});

test('hosts have pages of their own', async () => {
  for (const Host of ['one.example.com', 'two.example.com']) {
    expect(cacheStatus(await ask(site.address, '/pages/shared', { Host }))).toBe('fwd=uri-miss');
    await askUntilHit(site.address, '/pages/shared', { Host });
  }
});

test('every page is found on the node on which Django put it', async () => {
  for (let i = 0; i < 40; i += 1) {
    await ask(site.address, `/pages/${i}`);
    await askUntilHit(site.address, `/pages/${i}`);
  }
  const counts = await Promise.all(site.memcached.map(({ address }) => exchange(address, 'stats\r\nquit\r\n')));
  for (const stats of counts) expect(Number(/STAT curr_items (\d+)/.exec(stats)?.[1])).toBeGreaterThan(0);
});

test('a purge of an exact URL removes every page version', async () => {
  for (const headers of [LARGE, {}]) await askUntilHit(site.address, '/list?all', headers);
  expect(await site.functions.purge.invoke({ exactUrls: ['http://www.example.com/list?all'] })).toMatchObject({
    purged: true,
    pages: { removed: 2 },
  });
});

test.each([{ urls: ['http://www.example.com/list'] }, { tags: ['x'] }, { everything: true }, { hosts: ['a'] }])(
  'the purge %j is refused with the reason',
  async (request) => {
    await expect(site.functions.purge.invoke(request)).rejects.toMatchObject({
      errorType: 'PurgeRequestError',
      errorMessage: expect.stringContaining('the application stores the pages of this site itself') as string,
    });
  },
);

test('a page that is pushed is refused with the reason', async () => {
  const pages = [{ url: 'http://www.example.com/list', body: 'pushed' }];
  await expect(site.functions.write.invoke({ pages })).rejects.toMatchObject({
    errorType: 'WriteRequestError',
    errorMessage: expect.stringContaining('the application stores the pages of this site itself') as string,
  });
});
