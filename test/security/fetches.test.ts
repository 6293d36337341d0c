import dns from 'node:dns';
import { originView } from '../../lambda/adapters/origin-view';
import type { Stores } from '../../lambda/adapters/open-stores';
import { warmHandler } from '../../lambda/warm/handler';
import { parseSiteConfig } from '../../lib/site/site-config';
import { type S3StandIn, startS3StandIn } from '../../local/s3-stand-in';
import { makeWorld } from '../lambda/core/page-cache-world';
import { s3Notification, s3OnEventBridge } from '../lambda/purge-events/events';
import { ask, askUntilHit } from '../support/raw-http';
import { type ListeningServer, listenTcp } from '../support/listening-servers';
import { freshPage, startTestOrigin } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { MARK } from './attack';
import { versionsOf } from './stored-text';

/*
 * What the site itself fetches: pages and sitemaps of its own origin, at the origin's own address, and objects of the buckets
 * and prefixes that it was told of. No URL, redirect, sitemap or key leads it elsewhere, whatever names resolve to.
 */

const url = (path: string) => `http://www.example.com${path}`;
let site: TestSite;
let s3: S3StandIn;
/** An address that only requests, redirects and pages name. */
let internal: ListeningServer;
let connections = 0;
beforeAll(async () => {
  internal = await listenTcp((socket) => {
    connections += 1;
    socket.end(`HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: 10\r\n\r\n${MARK}`);
  });
  s3 = await startS3StandIn();
  const rules = { website: { url: url('/docs/{key}'), prefix: 'public/' } };
  site = await startTestSite({}, { buckets: { rules, s3Url: s3.url } });
  site.origin.on('/items', freshPage({ 'Cache-Control': 'max-age=600' }));
});
afterAll(async () => {
  await site?.stop();
  await Promise.all([s3?.close(), internal?.close()]);
});
afterEach(() => expect(connections).toBe(0));

const write = (request: unknown) => site.functions.write.invoke(request);
const MANNER = { variants: 'default', refresh: true, from: 0 };
const warmPages = (urls: string[], to = site.functions['warm-core']) =>
  to.invoke({ kind: 'pages', urls, ...MANNER, turn: 0 });

test.each([
  'private/a.html',
  'public/../private/a.html',
  'public/./a.html',
  'public//other.example/a.html',
  'public/%00a/../b\0',
  'public/a%2F..%2Fb'.replaceAll('%2F', '\\'),
  'publicity/a.html',
  '/public/a.html',
  '',
])('an event of the object %j, which is no page, has nothing read of the bucket, stored or purged', async (key) => {
  await askUntilHit(site.address, '/items');
  const pages = () => versionsOf(site, ['/items', '/docs/', '/docs/a.html', '/a.html', '/'].map(url));
  s3.objects.set(`website/${key}`, { body: MARK, headers: { 'Content-Type': 'text/html' } });
  const before = await pages();
  s3.asked.length = 0;
  for (const event of [s3OnEventBridge('website', key), s3Notification('website', encodeURIComponent(key))]) {
    expect(await write(event)).toEqual({ pages: [] });
  }
  expect([s3.asked, await pages()]).toEqual([[], before]);
});

test.each([
  ['nothing but its name', {}],
  ['a redirect', { 'Cache-Control': 'max-age=600' }],
])('a redirect to an address inside is not followed: with %s', async (_, headers) => {
  const Location = `http://${internal.address}/`;
  site.origin.on('/moved', (__, response) => void response.writeHead(302, { Location, ...headers }).end());
  for (let i = 0; i < 2; i += 1) expect((await ask(site.address, '/moved')).headers.location).toBe(Location);
  await site.functions.purge.invoke({ urls: [url('/moved')], mode: 'refresh' });
  await warmPages([url('/moved')]);
  await site.functions['warm-core'].invoke({ kind: 'sitemap', url: url('/moved'), ...MANNER, nested: false });
});

/** Ways to name an address inside, with a port there that would take a connection. */
const inside = (port: string) =>
  [
    ...[
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
      '2130706433',
      '0177.0.0.1',
      '0x7f000001',
      '127.1',
      '0',
    ],
    ...[
      '169.254.169.254',
      '[fd00:ec2::254]',
      'metadata.google.internal',
      'www.example.com@127.0.0.1',
      '127.0.0.1.nip.io',
    ],
  ].map((host) => `http://${host}:${port}/latest/meta-data/`);

test('a warm of addresses inside asks the site’s own origin, or nobody', async () => {
  const urls = inside(internal.address.split(':')[1] ?? '');
  site.origin.received.length = 0;
  const { result } = (await warmPages(urls)) as { result: { stored: { count: number } } };
  expect(result.stored.count).toBe(0);
  expect(new Set(site.origin.received.map(({ target }) => target))).toEqual(new Set(['/latest/meta-data/']));
  const locs = urls.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join('');
  site.origin.on('/index.xml', (_, response) => void response.end(`<sitemapindex>${locs}</sitemapindex>`));
  const found = await site.functions['warm-core'].invoke({
    kind: 'sitemap',
    url: url('/index.xml'),
    ...MANNER,
    nested: false,
  });
  expect(found).toMatchObject({ urls: [], sitemaps: [], result: { refused: { count: urls.length } } });
});

test('where a connection goes is decided by the origin’s name alone: no host of a URL is ever looked up', async () => {
  const origin = await startTestOrigin(freshPage({ 'Cache-Control': 'max-age=600' }));
  const named = `http://localhost:${origin.address.split(':')[1]}`;
  const config = parseSiteConfig({ site: 'test', warming: { requestsPerSecond: 1000, concurrency: 8 } });
  const opened = originView({ config, origin: named, originHostHeader: 'visitor', keepAlive: false });
  const lookup = jest.spyOn(dns, 'lookup');
  const { pages, index } = makeWorld();
  const stores = () => Promise.resolve({ pages, index } as unknown as Stores);
  const handler = warmHandler({ config, stores, view: opened.view });
  try {
    const urls = inside('80').filter((each) => !each.includes('@'));
    const answer = await handler({ kind: 'pages', urls: [...urls, 'http://changes.example/'], ...MANNER, turn: 0 });
    expect(answer.result.stored.count).toBeGreaterThan(5);
    expect(new Set(lookup.mock.calls.map(([host]) => host))).toEqual(new Set(['localhost']));
    expect(origin.received.map(({ headers }) => headers.host)).toContain('169.254.169.254');
  } finally {
    lookup.mockRestore();
    await opened.close();
    await origin.close();
  }
});
