import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { WarmProgress } from '../../lambda/core/warm-log';
import { ask } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const PAGES = Array.from({ length: 200 }, (_, i) => `/shop/${i}`);
const url = (path: string) => `http://www.example.com${path}`;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({
    warming: { requestsPerSecond: 1000, concurrency: 8 },
    key: { variants: [{ name: 'lang', source: 'cookie', field: 'lang', values: ['en', 'de', 'fr'] }] },
    eligibility: { bypassPaths: ['/account'] },
  });
  for (const path of PAGES) site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=600' }));
});
afterAll(() => site?.stop());
beforeEach(async () => {
  await site.functions.purge.invoke({ everything: true });
  site.origin.received.length = 0;
});

const rendered = () => site.origin.received.map(({ target }) => target).sort();
const urlset = (paths: readonly string[], more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>
  <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  ${paths.map((path) => `<url><loc>${url(path)}</loc><image:image><image:loc>${url('/i')}</image:loc></image:image></url>`).join('\n')}
  ${more}</urlset>`;
const index = (urls: readonly string[]) =>
  `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join('')}</sitemapindex>`;
const serve = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  site.origin.on(path, (_, response) => void response.writeHead(200, headers).end(body));

async function warm(request: object): Promise<WarmProgress> {
  const { warm: id } = (await site.functions.warm.invoke(request)) as { warm: string };
  for (;;) {
    const progress = (await site.functions.warm.invoke({ warm: id })) as WarmProgress;
    if (progress.state === 'done') return progress;
    await wait(50);
  }
}

test('the pages of an index of sitemaps, also in gzip, are rendered once and are hits', async () => {
  serve('/sitemap.xml', index([url('/a.xml'), url('/b.xml.gz'), url('/c.xml')]), { 'Content-Type': 'application/xml' });
  serve('/a.xml', urlset(PAGES.slice(0, 100)));
  serve('/b.xml.gz', gzipSync(urlset(PAGES.slice(100, 150))), { 'Content-Type': 'application/gzip' });
  serve('/c.xml', gzipSync(urlset(PAGES.slice(150))), { 'Content-Encoding': 'gzip' });

  const { pages, parts, caller } = await warm({ sitemaps: [url('/sitemap.xml')], caller: 'ann' });

  expect(pages).toMatchObject({
    stored: { count: 200 },
    there: { count: 0 },
    refused: { count: 0 },
    failed: { count: 0 },
  });
  expect([parts.done, caller]).toEqual([parts.planned, 'ann']);
  expect(rendered()).toEqual([...PAGES, '/sitemap.xml', '/a.xml', '/b.xml.gz', '/c.xml'].sort());
  await ask(site.address, PAGES[7] as string);
  expect(rendered()).toHaveLength(PAGES.length + 4);

  const again = await warm({ sitemaps: [url('/a.xml')] });
  expect(again.pages).toMatchObject({ stored: { count: 0 }, there: { count: 100 } });

  const anew = await warm({ urls: [url('/shop/1'), url('/shop/1?utm_source=x')], refresh: true });
  expect(anew.pages).toMatchObject({ stored: { count: 1 } });
}, 180_000);

test('what is rendered is the canonical request, at the origin’s address, for every variant that is asked for', async () => {
  const { pages } = await warm({ urls: [url('/shop/1')], variants: 'all' });

  expect(pages.stored.count).toBe(3);
  const cookies = site.origin.received.map(({ headers }) => headers.cookie ?? '');
  expect(cookies.sort()).toEqual(['', 'lang=de', 'lang=fr']);
  expect(site.origin.received[0]?.headers).toMatchObject({
    host: 'www.example.com',
    'user-agent': 'nginx-memcache-site',
    'x-forwarded-for': '192.31.196.1',
  });
  await ask(site.address, '/shop/1', { Cookie: 'lang=fr' });
  expect(rendered()).toHaveLength(3);
});

test('pages that are not for everybody are refused, each reason with its count, and pages that fail are tried again', async () => {
  site.origin.on('/private', freshPage({ 'Cache-Control': 'private' }));
  let answers = 0;
  site.origin.on('/shaky', (request, response) => {
    answers += 1;
    if (answers < 3) response.writeHead(503).end();
    else freshPage()(request, response);
  });
  site.origin.on('/broken', (_, response) => void response.writeHead(500).end());
  site.origin.on('/away', (_, response) => {
    const Location = `http://${site.origin.address}/elsewhere`;
    response.writeHead(301, { Location, 'Cache-Control': 'max-age=60' }).end();
  });

  const paths = ['/private', '/shaky', '/broken', '/none', '/account/me', '/away'];
  const { pages } = await warm({ urls: paths.map(url) });

  expect(pages).toMatchObject({
    stored: { count: 1, first: [{ url: url('/shaky') }] },
    refused: { count: 4, reasons: { private: 1, status: 1, 'bypass-path': 1, 'off-site-redirect': 1 } },
    failed: { count: 1, first: [{ url: url('/broken'), reason: 'status', detail: 'the origin answered 500' }] },
  });
  expect(rendered()).toEqual([
    '/away',
    '/broken',
    '/broken',
    '/broken',
    '/none',
    '/private',
    ...Array<string>(3).fill('/shaky'),
  ]);
});

test('sitemaps lead nowhere but to pages of their site: no foreign host, no private address, no redirect', async () => {
  const foreign = [
    'http://other.example/',
    'http://169.254.169.254/latest/meta-data/',
    `http://${site.origin.address}/x`,
  ];
  const bad = ['ftp://www.example.com/', 'file:///etc/passwd', '/relative', 'http://www.example.com/a/../b'];
  const locs = [...foreign, ...bad].map((loc) => `<url><loc>${loc}</loc></url>`).join('');
  serve('/mixed.xml', urlset(['/shop/1'], locs));
  serve('/nested.xml', index([url('/mixed.xml'), url('/nested.xml'), 'http://169.254.169.254/map.xml']));
  site.origin.on('/moved.xml', (_, response) => {
    response.writeHead(302, { Location: `http://${site.origin.address}/secret.xml` }).end();
  });

  const { pages } = await warm({ sitemaps: [url('/nested.xml'), url('/moved.xml')] });

  expect(pages.stored).toMatchObject({ count: 1, first: [{ url: url('/shop/1') }] });
  expect(pages.refused.reasons).toEqual({ 'foreign-host': 5, 'bad-url': 4, 'nested-sitemap': 2 });
  expect(pages.failed).toMatchObject({
    count: 1,
    first: [{ url: url('/moved.xml'), detail: 'the origin answered it with 302, and redirects are not followed' }],
  });
  expect(rendered()).toEqual(['/mixed.xml', '/moved.xml', '/nested.xml', '/nested.xml', '/shop/1']);
});

test.each<[string, Buffer | string]>([
  ['entities', '<!DOCTYPE u [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'],
  ['a page', '<html><body>Not found</body></html>'],
  ['an end too soon', '<urlset><url><loc>http://www.example.com/shop/1</loc></url>'],
  ['a bomb', gzipSync(Buffer.alloc(60 * 1024 * 1024, ' '))],
])('a sitemap that has %s fails with its reason, and the others are warmed', async (_, body) => {
  serve('/bad.xml', body);
  serve('/good.xml', urlset(['/shop/2']));

  const { pages } = await warm({ sitemaps: [url('/bad.xml'), url('/good.xml')] });

  expect(pages.stored.first).toContainEqual({ url: url('/shop/2') });
  expect(pages.failed).toMatchObject({ count: 1, reasons: { 'bad-sitemap': 1 }, first: [{ url: url('/bad.xml') }] });
});

test('of a sitemap, pages that have not changed since can be left out', async () => {
  const entry = (path: string, lastmod: string) => `<url><loc>${url(path)}</loc><lastmod>${lastmod}</lastmod></url>`;
  serve('/dated.xml', urlset(['/shop/1'], entry('/shop/2', '2020-01-01') + entry('/shop/3', new Date().toISOString())));

  const { pages } = await warm({ sitemaps: [url('/dated.xml')], since: 'P1D' });

  expect(pages).toMatchObject({ stored: { count: 2 }, older: { count: 1, first: [{ url: url('/shop/2') }] } });
});

test('a sitemap that the origin does not give is asked for again, and given up in the end', async () => {
  site.origin.on('/down.xml', (_, response) => void response.writeHead(503).end());

  const { pages } = await warm({ sitemaps: [url('/down.xml')] });

  expect(pages.failed).toMatchObject({ count: 1, reasons: { 'part-failed': 1 } });
  expect(pages.failed.first[0]?.detail).toContain('answered http://www.example.com/down.xml with 503');
  expect(rendered()).toEqual(['/down.xml', '/down.xml', '/down.xml']);
  expect(site.warmQueue.deadLetters).toHaveLength(1);
});

test('a bad request is refused whole, with every fault', async () => {
  const asked = site.functions.warm.invoke({
    urls: ['/a', url('/shop/9')],
    sitemaps: ['ftp://a/'],
    since: 'soon',
    x: 1,
  });
  await expect(asked).rejects.toThrow(
    /urls\.0: must be an absolute URL[^]*sitemaps\.0: must[^]*since: must be a day[^]*unknown fields: x/,
  );
  await expect(site.functions.warm.invoke({ warm: 'nobody' })).rejects.toThrow(
    'must be the id of a warm of the last 30 days',
  );
  expect(rendered()).toEqual([]);
});
