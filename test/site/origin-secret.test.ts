import { ask } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const originSecret = { header: 'X-Origin-Secret', value: 'a=b;c' };
let site: TestSite;
beforeAll(async () => (site = await startTestSite({ purging: { onUnsafeRequests: true } }, { originSecret })));
afterAll(() => site?.stop());

const forged = { 'X-Origin-Secret': 'forged' };

test.each<[string, string, Record<string, string>, string]>([
  ['a rendering', '/page', forged, 'GET'],
  ['a request past the cache', '/page', { ...forged, Cookie: 'session=1' }, 'GET'],
  ['an unsafe request', '/page', { ...forged, 'Content-Length': '0' }, 'POST'],
])('the origin knows %s by the secret, and never gets a visitor\u2019s own', async (_, path, headers, method) => {
  site.origin.on('/page', freshPage());
  const before = site.origin.received.length;
  expect((await ask(site.address, path, headers, method)).status).toBe(200);
  const received = site.origin.received.slice(before).map((request) => request.headers['x-origin-secret']);
  expect(received).toEqual([originSecret.value]);
});

test('the secret is in no answer', async () => {
  const answer = await ask(site.address, '/page');
  expect(JSON.stringify(answer)).not.toContain(originSecret.value);
});
