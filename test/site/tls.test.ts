import { parseSiteConfig } from '../../lib/site/site-config';
import { type Certificate, makeCertificate } from '../../local/certificate';
import { ask, cacheStatus, type RawAnswer } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let certificate: Certificate;
let site: TestSite;
beforeAll(async () => {
  certificate = await makeCertificate();
  site = await startTestSite({}, { memcachedTls: certificate });
});
afterAll(async () => {
  await site?.stop();
  await certificate?.remove();
});

const paths = Array.from({ length: 20 }, (_, i) => `/tls/${i}`);
const statuses = async () => {
  const found: string[] = [];
  for (const path of paths) found.push(cacheStatus(await ask(site.address, path)));
  return found;
};

test('pages are stored, found and purged on nodes that speak TLS: nginx and the writer have one ring', async () => {
  for (const path of paths) site.origin.on(path, freshPage());
  expect(await statuses()).toEqual(paths.map(() => 'fwd=uri-miss; stored'));
  expect(await statuses()).toEqual(paths.map(() => 'hit'));
  expect(await site.functions.purge.invoke({ everything: true })).toMatchObject({ pages: { removed: 20 } });
  expect(await statuses()).toEqual(paths.map(() => 'fwd=uri-miss; stored'));
});

test('a node whose certificate cannot be checked is as good as none: the origin answers', async () => {
  const other = await makeCertificate();
  await site.nginx.reload(parseSiteConfig({ site: 'test' }), { ...site.deployment, cacheTls: other.certificate });
  // Until the reload is done, lookups still find pages.
  const misses: RawAnswer[] = [];
  while (misses.length < 5) {
    const answer = await ask(site.address, '/tls/1');
    if (cacheStatus(answer) === 'hit') misses.length = 0;
    else misses.push(answer);
  }
  expect(misses.map((answer) => [answer.status, cacheStatus(answer)])).toEqual(
    Array(5).fill([200, 'fwd=uri-miss; collapsed']),
  );
  await other.remove();
});
