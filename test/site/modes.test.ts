import { once } from 'node:events';
import type { LoggedRequest } from '../../local/nginx';
import { ask, cacheStatus, exchange } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite | undefined;
afterEach(() => site?.stop());

async function start(...args: Parameters<typeof startTestSite>): Promise<TestSite> {
  site = await startTestSite(...args);
  site.origin.on('/page', freshPage());
  return site;
}

test('an observing site asks the origin every time, and logs the key and what would have happened', async () => {
  const { address, nginx, origin } = await start({ mode: 'observe' });
  const logged = once(nginx.requests, 'request') as Promise<[LoggedRequest]>;
  const answers = [await ask(address, '/page?utm_source=x'), await ask(address, '/page?utm_source=x')];
  expect(answers.map(cacheStatus)).toEqual(Array(2).fill('fwd=bypass; detail=observe-only'));
  expect(origin.received.map(({ target }) => target)).toEqual(Array(2).fill('/page?utm_source=x'));
  expect((await logged)[0].key).toMatch(/^test:1\.[0-9a-f]{8}:[0-9a-f]{32}$/);
  expect(cacheStatus(await ask(address, '/page', { Cookie: 'session=1' }))).toBe('fwd=bypass; detail=cookie');
});

test('a request of HTTP/0.9, whose answer has no status, is logged as JSON, too', async () => {
  const { address, nginx } = await start();
  const logged = once(nginx.requests, 'request') as Promise<[LoggedRequest]>;
  await exchange(address, 'GET /page\r\n');
  expect((await logged)[0]).toMatchObject({ target: '/page', status: 200 });
});

test('a site that is switched off is a plain proxy, for every host', async () => {
  const { address, origin } = await start({ mode: 'off', hosts: ['www.example.com'] });
  const answers = [await ask(address, '/page'), await ask(address, '/page', { Host: 'other.example' })];
  expect(answers.map(cacheStatus)).toEqual(Array(2).fill('fwd=bypass; detail=off'));
  expect(origin.received.map(({ headers }) => headers.host)).toEqual(['www.example.com', 'other.example']);
});

test('a site with hosts answers others with 421, and asks nobody', async () => {
  const { address, origin } = await start({ hosts: ['www.example.com'] });
  expect((await ask(address, '/page', { Host: 'evil.example' })).status).toBe(421);
  expect(origin.received).toEqual([]);
  expect((await ask(address, '/page', { Host: 'WWW.example.com:8080' })).status).toBe(200);
});

test.each<[string, string, boolean, string[]]>([
  [
    'separate',
    'behind a load balancer, http and https are two pages',
    true,
    ['fwd=uri-miss; stored', 'fwd=uri-miss; stored', 'hit'],
  ],
  ['same', 'behind a load balancer, http and https are one page', true, ['fwd=uri-miss; stored', 'hit', 'hit']],
  [
    'https-bypasses',
    'behind a load balancer, https is not looked up',
    true,
    ['fwd=uri-miss; stored', ...Array<string>(2).fill('fwd=bypass; detail=scheme')],
  ],
  [
    'separate',
    'where visitors come directly, what they say of their scheme counts for nothing',
    false,
    ['fwd=uri-miss; stored', 'hit', 'hit'],
  ],
])('scheme %s: %s', async (scheme, _, behindLoadBalancer, expected) => {
  const { address } = await start({ key: { scheme: scheme as 'same' } }, { behindLoadBalancer });
  const statuses: string[] = [];
  for (const proto of ['http', 'https', 'HTTPS'])
    statuses.push(cacheStatus(await ask(address, '/page', { 'X-Forwarded-Proto': proto })));
  expect(statuses).toEqual(expected);
});
