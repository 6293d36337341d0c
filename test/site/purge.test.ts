import { freshPage } from '../support/test-origin';
import { ask, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { freeze } from '../support/freeze';

let site: TestSite;
beforeAll(async () => {
  const variants = [{ name: 'pv', source: 'cookie' as const, field: 'pv', values: ['a', 'b'] }];
  site = await startTestSite({ key: { variants } });
});
afterAll(() => site?.stop());

interface Receipt {
  readonly purged: boolean;
  readonly pages: { readonly found: number; readonly removed: number };
  readonly nodes: readonly { readonly node: string; readonly removed?: number }[];
}
const purge = (event: unknown) => site.functions.purge.invoke(event) as Promise<Receipt>;
const url = (path: string) => `http://www.example.com${path}`;

test('a purge of a URL removes every variant and query string of it, and nothing else', async () => {
  for (const path of ['/list', '/list-old', '/list/1']) site.origin.on(path, freshPage());
  const requests: [string, Record<string, string>][] = [
    ['/list', {}],
    ['/list', { Cookie: 'pv=b' }],
    ['/list?page=2', {}],
    ['/list-old', {}],
    ['/list/1', {}],
  ];
  for (const [target, headers] of requests) await ask(site.address, target, headers);

  const receipt = await purge({ urls: [url('/list?utm_source=x')] });

  expect(receipt).toMatchObject({ purged: true, pages: { found: 3, removed: 3 } });
  expect(receipt.nodes.map(({ node }) => node).sort()).toEqual(site.memcached.map(({ address }) => address).sort());
  const now = await Promise.all(
    requests.map(async ([target, headers]) => cacheStatus(await ask(site.address, target, headers))),
  );
  expect(now).toEqual(['fwd=uri-miss; stored', 'fwd=uri-miss; stored', 'fwd=uri-miss; stored', 'hit', 'hit']);
});

test('a purge of everything removes every page of the site', async () => {
  const paths = Array.from({ length: 30 }, (_, i) => `/everything/${i}`);
  for (const path of paths) {
    site.origin.on(path, freshPage());
    await ask(site.address, path);
  }
  expect((await purge({ everything: true })).pages.removed).toBeGreaterThanOrEqual(paths.length);
  const statuses = await Promise.all(paths.map(async (path) => cacheStatus(await ask(site.address, path))));
  expect(new Set(statuses)).toEqual(new Set(['fwd=uri-miss; stored']));
});

test.each([
  ['of its URL', '/slow/one', { urls: [url('/slow/one')] }],
  ['of everything', '/slow/two', { everything: true }],
])('a slow rendering that began before a purge %s is never served after it', async (_, path, selection) => {
  let content = 'before';
  const renderings: (() => void)[] = [];
  let began = () => undefined as void;
  const rendering = new Promise<void>((resolve) => (began = resolve));
  site.origin.on(path, (_request, response) => {
    const seen = content;
    renderings.push(() => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(seen));
    began();
  });
  const early = ask(site.address, path);
  await rendering;

  content = 'after';
  await purge(selection);
  // Whoever comes now, while the old rendering still runs, gets what is rendered now.
  const late = ask(site.address, path, { Cookie: '_ga=1' });
  renderings.shift()?.();
  expect((await early).body).toBe('before');
  site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=60', 'X-Content': 'after' }));
  while (renderings.length > 0) renderings.shift()?.();
  expect((await late).body).not.toBe('before');

  const afterwards = [await ask(site.address, path), await ask(site.address, path)];
  expect(afterwards.map(({ body }) => body)).not.toContain('before');
  expect(cacheStatus(afterwards[1] as never)).toBe('hit');
});

test('a node that does not answer makes the purge fail, naming it; repeated, it succeeds', async () => {
  const node = site.memcached[0] as (typeof site.memcached)[number];
  freeze(node.pid);
  const failing = purge({ everything: true });
  await expect(failing).rejects.toMatchObject({
    errorType: 'PurgeIncompleteError',
    errorMessage: expect.stringContaining(node.address) as string,
  });
  process.kill(node.pid, 'SIGCONT');
  expect(await purge({ everything: true })).toMatchObject({ purged: true });
});

test('a bad request is refused with all its faults, and purges nothing', async () => {
  site.origin.on('/kept', freshPage());
  await ask(site.address, '/kept');
  const failing = purge({ urls: ['/kept', url('/kept')], evrything: true });
  await expect(failing).rejects.toMatchObject({
    errorType: 'PurgeRequestError',
    errorMessage: expect.stringMatching(/urls\.0[^]*evrything/) as string,
  });
  expect(cacheStatus(await ask(site.address, '/kept'))).toBe('hit');
});

test('a pushed page is served, and purged like any other', async () => {
  const page = {
    url: url('/pushed'),
    headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=60' },
    body: 'pushed',
  };
  expect(await site.functions.write.invoke({ pages: [page] })).toEqual({
    pages: [{ url: page.url, outcome: 'stored' }],
  });
  const hit = await ask(site.address, '/pushed');
  expect([cacheStatus(hit), hit.body]).toEqual(['hit', 'pushed']);
  await purge({ urls: [page.url] });
  expect((await ask(site.address, '/pushed')).status).toBe(404);
});
