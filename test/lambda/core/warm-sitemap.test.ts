import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { findPages } from '../../../lambda/core/warm-sitemap';
import type { SitemapWork } from '../../../lambda/core/warm-work';

const work: SitemapWork = {
  ...{ kind: 'sitemap', url: 'https://example.com/sitemap.xml', nested: false, from: 0 },
  ...{ variants: 'default', refresh: false },
};
const page = (loc: string, lastmod?: string) =>
  `<url><loc>${loc.replaceAll('&', '&amp;')}</loc>${lastmod === undefined ? '' : `<lastmod>${lastmod}</lastmod>`}</url>`;
const urlset = (...entries: string[]) => Buffer.from(`<urlset>${entries.join('')}</urlset>`);
const sitemapindex = (...locs: string[]) =>
  Buffer.from(`<sitemapindex>${locs.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join('')}</sitemapindex>`);
const find = (body: Buffer, changed: Partial<SitemapWork> = {}, site: Partial<SiteConfigInput> = {}, bytes?: number) =>
  findPages(parseSiteConfig({ site: 'test', ...site }), { ...work, ...changed }, body, bytes);

test('a page stands once, however its URL is spelled', async () => {
  const urls = [
    'https://example.com/a?x=1&y=2',
    'https://EXAMPLE.com/a?y=2&x=1',
    'https://example.com/%61?utm_source=x&x=1&y=2',
  ];
  expect(await find(urlset(...urls.map((url) => page(url))))).toMatchObject({ urls: [urls[0]] });
});

test('a site that takes every host takes of a sitemap only its own, a site with hosts all of these', async () => {
  const body = urlset(page('https://example.com/'), page('https://www.example.com/'), page('https://other.example/'));
  expect(await find(body)).toMatchObject({
    urls: ['https://example.com/'],
    result: { refused: { reasons: { 'foreign-host': 2 } } },
  });
  expect(await find(body, {}, { hosts: ['example.com', 'www.example.com'] })).toMatchObject({
    urls: ['https://example.com/', 'https://www.example.com/'],
    result: { refused: { reasons: { 'foreign-host': 1 } } },
  });
});

test.each([
  ['https://example.com/a/../b', 'bad-url'],
  ['https://example.com/a b', 'bad-url'],
  ['https://user:pw@example.com/', 'bad-url'],
  ['javascript:alert(1)', 'bad-url'],
  ['//example.com/', 'bad-url'],
  [`https://example.com/${'x'.repeat(2048)}`, 'bad-url'],
  ['https://example.com/#top', 'bad-url'],
  ['https://example.com/account/1', 'bypass-path'],
  ['https://[::1]/', 'foreign-host'],
  ['https://127.0.0.1/', 'foreign-host'],
  ['https://2130706433/', 'foreign-host'],
  ['http://localhost:8080/', 'foreign-host'],
])('%s is refused: %s', async (loc, reason) => {
  const { result, urls } = await find(urlset(page(loc)), {}, { eligibility: { bypassPaths: ['/account'] } });
  expect([urls, result.refused.reasons]).toEqual([[], { [reason]: 1 }]);
});

test('an index leads to sitemaps of the site, not to another index, and to a thousand at most', async () => {
  const locs = [
    'https://example.com/1.xml',
    'https://example.com/1.xml',
    'https://example.com/2.xml?x=1',
    'https://other.example/3.xml',
    'ftp://example.com/',
  ];
  expect(await find(sitemapindex(...locs))).toMatchObject({
    sitemaps: ['https://example.com/1.xml', 'https://example.com/2.xml?x=1'],
    urls: [],
    result: { refused: { reasons: { 'foreign-host': 1, 'bad-url': 1 } } },
  });
  expect(await find(sitemapindex(locs[0] as string), { nested: true })).toMatchObject({
    sitemaps: [],
    result: { refused: { reasons: { 'nested-sitemap': 1 } } },
  });
  const many = await find(sitemapindex(...Array.from({ length: 1001 }, (_, i) => `https://example.com/${i}.xml`)));
  expect([many.sitemaps?.length, many.result.refused.reasons]).toEqual([1000, { 'too-many-sitemaps': 1 }]);
});

test.each([
  ['2026-02-28', 'older'],
  ['2026-03-01', 'new'],
  ['2026-02', 'older'],
  ['2026-03', 'new'],
  ['2025', 'older'],
  ['2026', 'new'],
  ['2026-03-01T11:59:59Z', 'older'],
  ['2026-03-01T12:00:00Z', 'new'],
  ['2026-03-01T12:30:00+01:00', 'older'],
  ['2026-03-01T11:30-01:00', 'new'],
  ['yesterday', 'new'],
  ['', 'new'],
])('a page of %s is, since noon of the first of March 2026, %s', async (lastmod, expected) => {
  // A day ends, in some time zone, twelve hours later.
  const since = lastmod.includes('T') ? Date.UTC(2026, 2, 1, 12) : Date.UTC(2026, 2, 1, 12, 0, 1);
  const { urls, result } = await find(urlset(page('https://example.com/', lastmod)), { since });
  expect(urls?.length === 1 ? 'new' : 'older').toBe(expected);
  expect(result.older.count).toBe(expected === 'older' ? 1 : 0);
});

test('what is too much for one answer comes with the next ones, and nothing is lost or doubled', async () => {
  const urls = Array.from({ length: 100 }, (_, i) => `https://example.com/${i}`);
  const body = urlset(...urls.map((url) => page(url)), page('https://other.example/'));
  const found: string[] = [];
  let [answers, refused] = [0, 0];
  for (let from: number | undefined = 0; from !== undefined; answers += 1) {
    const answer = await find(body, { from }, {}, 500);
    found.push(...(answer.urls ?? []));
    refused += answer.result.refused.count;
    from = answer.next;
  }
  expect(found).toEqual(urls);
  expect([answers > 3, refused]).toEqual([true, 1]);
});

test('what was found before a fault counts', async () => {
  const broken = Buffer.from(`<urlset>${page('https://example.com/1')}<url>`);
  expect(await find(broken)).toMatchObject({
    urls: ['https://example.com/1'],
    result: {
      failed: {
        count: 1,
        first: [{ url: work.url, reason: 'bad-sitemap', detail: expect.stringContaining('unclosed') as string }],
      },
    },
  });
});
