import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WarmProgress } from '../../lambda/core/warm-log';
import { startInvokeApi } from '../../local/invoke-api';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { run } from './command-line';

let site: TestSite;
let api: Server;
beforeAll(async () => {
  site = await startTestSite({
    key: { variants: [{ name: 'lang', source: 'cookie', field: 'lang', values: ['en', 'de'] }] },
    warming: { requestsPerSecond: 1000, concurrency: 8 },
  });
  api = await startInvokeApi(site.functions, 0);
  for (const path of ['/a', '/b', '/c']) site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=600' }));
  site.origin.on('/mine', freshPage({ 'Cache-Control': 'private' }));
  site.origin.on('/broken', (_, response) => void response.writeHead(404).end('none'));
});
afterAll(async () => {
  await site?.stop();
  await once(api.close(), 'close');
});

const url = (path: string) => `http://www.example.com${path}`;
const warm = (...args: string[]) =>
  run('warm', ...args, '--endpoint-url', `http://127.0.0.1:${(api.address() as AddressInfo).port}`);

test('warm waits for the pages, and says how many were stored, were there, and were refused and why', async () => {
  const first = await warm(url('/a'), url('/b'), url('/mine'));
  expect(first.err).toBe('');
  const [summary, example] = first.out.split('\n');
  expect(summary).toMatch(/^warmed: 2 stored, 0 there already, 1 refused \(1 private\), 0 failed, id \S+$/);
  expect(example).toBe(`  ${url('/mine')}: private`);
  expect(first.code).toBe(0);
  expect(cacheStatus(await ask(site.address, '/a'))).toBe('hit');
  expect((await warm(url('/a'), url('/c'))).out).toMatch(/^warmed: 1 stored, 1 there already, 0 refused, 0 failed/);
  expect((await warm(url('/a'), '--refresh')).out).toMatch(/^warmed: 1 stored, 0 there already/);
});

test('warm takes sitemaps and every variant', async () => {
  const urls = ['/a', '/b'].map((path) => `<url><loc>${url(`${path}?v=1`)}</loc></url>`).join('');
  const sitemap = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`;
  site.origin.on('/sitemap.xml', (_, response) => void response.end(sitemap));
  const { out } = await warm('--sitemap', url('/sitemap.xml'), '--all-variants', '--json');
  expect((JSON.parse(out) as WarmProgress).pages).toMatchObject({ stored: { count: 4 }, failed: { count: 0 } });
});

test('warm --no-wait says an id, by which --progress says the rest; the name of who asked is kept', async () => {
  const begun = await warm(url('/c'), '--no-wait', '--caller', 'ann');
  const id = /^warm (\S+) has begun\n$/.exec(begun.out)?.[1] as string;
  let progress: WarmProgress;
  do {
    progress = JSON.parse((await warm('--progress', id, '--json')).out) as WarmProgress;
  } while (progress.state !== 'done');
  expect(progress).toMatchObject({ warm: id, caller: 'ann', pages: { there: { count: 1 } } });
});

test.each([
  [[url('/%')], 'urls.0'],
  [['http://elsewhere.example/', '--since', 'tuesday'], 'since'],
  [[], 'urls'],
  [['--progress', 'w-unknown'], 'w-unknown'],
])('warm %j fails in one line a fault', async (args, named) => {
  const { code, out, err } = await warm(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(named);
  expect(err).not.toContain('    at ');
});
