import { renderNginx } from '../../lib/site/nginx/render';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { freshPage } from '../support/test-origin';
import { ask, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { freeze } from '../support/freeze';

let site: TestSite;
beforeEach(async () => {
  site = await startTestSite({ limits: { fillDeadline: 1, storeTimeout: 250 } });
  site.origin.on('/page', freshPage());
});
afterEach(() => site?.stop());

const rendering = { status: 200, body: expect.stringMatching(/^rendering \d+$/) as string };

test('with memcached killed, every page is still answered', async () => {
  await ask(site.address, '/page');
  await Promise.all(site.memcached.map((node) => node.stop()));
  for (let i = 0; i < 10; i += 1) expect(await ask(site.address, `/page?${i}`)).toMatchObject(rendering);
});

test('with memcached stopped, every page is still answered', async () => {
  await ask(site.address, '/page');
  site.memcached.forEach(({ pid }) => freeze(pid));
  for (let i = 0; i < 10; i += 1) expect(await ask(site.address, `/page?${i}`)).toMatchObject(rendering);
});

test('what a slow memcached may cost is limited to 50 ms by nginx, where the site says nothing else', () => {
  const lookups = (config: SiteConfigInput) => {
    const files = renderNginx(parseSiteConfig(config), {
      ...{ ...site.deployment, directory: '/etc/nginx', accessLog: '/log', errorLog: '/log' },
    });
    const limits = [...(files['site-lookup-limits.conf'] ?? '').matchAll(/memcached_(\w+)_timeout (\d+)ms;/g)];
    return limits.map(([, name, milliseconds]) => [name, Number(milliseconds)]);
  };
  expect(lookups({ site: 'demo' })).toEqual(Object.entries({ connect: 20, send: 10, read: 20 }));
  expect(lookups({ site: 'demo', limits: { storeTimeout: 500 } })).toEqual(
    Object.entries({ connect: 200, send: 100, read: 200 }),
  );
});

test('with the writer killed, hits are hits, and misses are the origin’s whole answers', async () => {
  await ask(site.address, '/page');
  await site.writer.stop();
  expect(cacheStatus(await ask(site.address, '/page'))).toBe('hit');
  const miss = await ask(site.address, '/page?other&utm_source=x', { 'X-Own': 'kept' });
  expect(miss).toMatchObject(rendering);
  expect(cacheStatus(miss)).toBe('fwd=uri-miss; detail=writer-unreachable');
  expect(site.origin.received.at(-1)).toMatchObject({
    target: '/page?other&utm_source=x',
    headers: { 'x-own': 'kept' },
  });
});

test('with the writer stopped, a miss is the origin’s answer once the writer is past its deadline', async () => {
  freeze(site.writer.pid);
  const miss = await ask(site.address, '/page');
  expect(miss).toMatchObject(rendering);
  expect(cacheStatus(miss)).toBe('fwd=uri-miss; detail=writer-unreachable');
});

test('with DynamoDB gone, pages are answered and not stored', async () => {
  await site.dynamo.close();
  const answers = [await ask(site.address, '/page'), await ask(site.address, '/page')];
  expect(answers).toMatchObject([rendering, rendering]);
  expect(answers.map(cacheStatus)).toEqual(Array(2).fill('fwd=uri-miss; detail=index-unreachable'));
});

test('a rendering that takes too long is asked of the origin by the visitor’s own request', async () => {
  let asked = 0;
  site.origin.on('/stuck', (_, response) => {
    asked += 1;
    // The rendering never ends; the visitor's own request does.
    if (asked === 2) response.end('own');
  });
  const answer = await ask(site.address, '/stuck');
  expect([answer.body, cacheStatus(answer)]).toEqual(['own', 'fwd=uri-miss; detail=late']);
});

test('an error of the origin is answered as it is, asked for once, and not stored', async () => {
  site.origin.on('/broken', freshPage({}, 503));
  const answers = [await ask(site.address, '/broken'), await ask(site.address, '/broken')];
  expect(answers.map(({ status }) => status)).toEqual([503, 503]);
  expect(answers.map(cacheStatus)).toEqual(Array(2).fill('fwd=uri-miss; detail=status'));
  expect(site.origin.received).toHaveLength(2);
});

test.each([
  [
    'shorter than its Content-Length',
    'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nCache-Control: max-age=60\r\n\r\nhalf',
  ],
  ['with broken chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n5\r\nhel'],
])('a body %s is never stored', async (_, bytes) => {
  site.origin.on('/cut', (request) => void request.socket.end(bytes));
  await ask(site.address, '/cut').catch(() => undefined);
  site.origin.on('/cut', freshPage());
  const answer = await ask(site.address, '/cut');
  expect(answer.body).toMatch(/^rendering/);
  expect(cacheStatus(answer)).not.toBe('hit');
});
