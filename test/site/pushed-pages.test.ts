import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(() => site?.stop());

const url = (path: string) => `http://www.example.com${path}`;
interface Pushed {
  readonly pages: readonly { readonly url: string; readonly outcome: string }[];
}
const push = (...pages: object[]) => site.functions.write.invoke({ pages }) as Promise<Pushed>;
const purge = (request: object) => site.functions.purge.invoke(request);

test('a pushed page is a hit, with its own headers, until a purge by its tag', async () => {
  site.origin.on('/pushed', freshPage());
  const headers = { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=5', ETag: '"v1"' };
  const page = { url: url('/pushed'), body: 'pushed', headers, ttl: 3600, tags: ['news', 'front'] };

  expect(await push(page)).toEqual({ pages: [{ url: url('/pushed'), outcome: 'stored' }] });
  const answer = await ask(site.address, '/pushed');
  expect([answer.body, site.origin.received]).toEqual(['pushed', []]);
  expect(answer.headers).toMatchObject({ 'cache-control': 'max-age=5', etag: '"v1"' });

  await purge({ tags: ['front'] });
  expect(cacheStatus(await ask(site.address, '/pushed'))).toBe('fwd=uri-miss; stored');
});

test('a page that is not for everybody is not stored on any terms, and nothing of a bad request is', async () => {
  site.origin.on('/mine', freshPage());
  const mine = { url: url('/mine'), body: 'mine', ttl: 3600 };
  expect(await push({ ...mine, headers: { 'Cache-Control': 'private' } })).toMatchObject({
    pages: [{ outcome: 'private' }],
  });
  await expect(push(mine, { ...mine, url: url('/b'), headers: { 'Content-Length': '9' } })).rejects.toThrow(
    "pages.1.headers.Content-Length: must be the body's length, which is 4 bytes",
  );
  expect(cacheStatus(await ask(site.address, '/mine'))).toBe('fwd=uri-miss; stored');
});

test('what a push that met a purge did not store is not served, and after the purge that follows nothing of it is', async () => {
  const paths = Array.from({ length: 20 }, (_, i) => `/race/${i}`);
  paths.forEach((path) => site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=60' })));
  const unstored = ['purged', 'lost', 'index-unreachable', 'store-unreachable'];
  for (let round = 0; round < 8; round += 1) {
    const text = `pushed ${round}`;
    const pages = paths.map((path) => ({ url: url(path), body: text, tags: ['race'] }));
    const [{ pages: results }] = await Promise.all([push(...pages), purge({ tags: ['race'] })]);
    const answers = await Promise.all(paths.map((path) => ask(site.address, path)));
    results.forEach(({ outcome }, i) => {
      expect(['stored', ...unstored]).toContain(outcome);
      if (outcome !== 'stored') expect(answers[i]?.body).not.toBe(text);
    });
    await purge({ exactUrls: paths.map(url) });
    for (const path of paths) expect((await ask(site.address, path)).body).not.toBe(text);
  }
});
