import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ purging: { index: 'none', flush: true }, tags: { keepHeaders: true } });
  site.origin.on('/list', freshPage({ 'Cache-Control': 'max-age=60', 'Cache-Tag': 'list' }));
});
afterAll(() => site?.stop());

const HIT = 'hit';
const STORED = 'fwd=uri-miss; stored';
const url = (path: string) => `http://www.example.com${path}`;
const status = async (path: string) => cacheStatus(await ask(site.address, path));

test('without an index an exact URL is purged, and nothing else', async () => {
  for (const path of ['/list', '/list?page=2']) expect([await status(path), await status(path)]).toEqual([STORED, HIT]);
  expect(await site.functions.purge.invoke({ exactUrls: [url('/list?page=2')] })).toMatchObject({
    purged: true,
    pages: { found: 0, removed: 1 },
  });
  expect([await status('/list'), await status('/list?page=2')]).toEqual([HIT, STORED]);
});

test('everything empties the nodes', async () => {
  await status('/list');
  expect(await site.functions.purge.invoke({ everything: true })).toMatchObject({
    nodes: [{ flushed: true }, { flushed: true }],
  });
  expect(await status('/list')).toBe(STORED);
});

test('what only an index knows is refused with the reason', async () => {
  await expect(site.functions.purge.invoke({ tags: ['list'] })).rejects.toMatchObject({
    errorType: 'PurgeRequestError',
    errorMessage: expect.stringContaining('tags: must be left out: the site keeps no index') as string,
  });
});

test.each([{ exactUrls: [url('/slow')] }, { everything: true }])(
  'a slow rendering that began before a purge of %j is not stored after it',
  async (selection) => {
    let finish = () => undefined as void;
    let began = () => undefined as void;
    const rendering = new Promise<void>((resolve) => (began = resolve));
    site.origin.on('/slow', (_request, response) => {
      finish = () => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('before');
      began();
    });
    const early = ask(site.address, '/slow');
    await rendering;
    await site.functions.purge.invoke(selection);
    finish();
    expect((await early).body).toBe('before');
    site.origin.on('/slow', freshPage());
    expect(await status('/slow')).toBe(STORED);
    await site.functions.purge.invoke({ everything: true });
  },
);

test('the headers that name tags stay where the site asks for it', async () => {
  for (let i = 0; i < 2; i += 1) expect((await ask(site.address, '/list')).headers['cache-tag']).toBe('list');
  expect((await ask(site.address, '/list', { Cookie: 'session=1' })).headers['cache-tag']).toBe('list');
});
