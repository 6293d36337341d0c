import { ask, askUntilHit, exchange, sendRaw } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeEach(async () => {
  site = await startTestSite({ hosts: ['www.example.com'], eligibility: { bypassHosts: ['editors.example.com'] } });
  site.origin.on('/page', freshPage());
});
afterEach(() => site?.stop());

/** What all nodes together have counted. */
async function counted(name: 'cmd_get' | 'cmd_set' | 'curr_items'): Promise<number> {
  const replies = await Promise.all(site.memcached.map(({ address }) => exchange(address, 'stats\r\nquit\r\n')));
  return replies.reduce((sum, reply) => sum + Number(new RegExp(`STAT ${name} (\\d+)`).exec(reply)?.[1]), 0);
}

test.each([
  ['another name', 'GET /page HTTP/1.1\r\nHost: evil.example\r\n'],
  ['a name that ends like the site’s', 'GET /page HTTP/1.1\r\nHost: xwww.example.com\r\n'],
  ['a name that begins like the site’s', 'GET /page HTTP/1.1\r\nHost: www.example.com.evil.example\r\n'],
  ['an address', 'GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  ['no name', 'GET /page HTTP/1.0\r\n'],
  ['another name in its target', 'GET http://evil.example/page HTTP/1.1\r\nHost: www.example.com\r\n'],
  ['another name, past the cache', 'GET /page HTTP/1.1\r\nHost: evil.example\r\nCookie: session=1\r\n'],
  ['another name, to change something', 'POST /page HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n'],
])('a request for %s gets 421: nobody is asked, and nothing is stored', async (_, head) => {
  const lookups = await counted('cmd_get');
  const answer = await sendRaw(site.address, `${head}Connection: close\r\n\r\n`);
  expect(answer.status).toBe(421);
  expect(site.origin.received).toEqual([]);
  expect([(await counted('cmd_get')) - lookups, await counted('cmd_set'), await counted('curr_items')]).toEqual([
    0, 0, 0,
  ]);
});

test('a name of the site is taken in any case and with any port, and its page is one', async () => {
  const hosts = ['www.example.com', 'WWW.Example.COM', 'www.example.com:8443'];
  const bodies: string[] = [];
  for (const Host of hosts) bodies.push((await askUntilHit(site.address, '/page', { Host })).body);
  expect(new Set(bodies).size).toBe(1);
  expect(await counted('curr_items')).toBe(1);
  expect((await ask(site.address, '/page', { Host: 'editors.example.com' })).status).toBe(200);
});

test.each(['10.0.1.7:8081', '10.0.1.7', 'evil.example'])(
  'a health check for %s is answered, also when all that stands behind nginx is gone',
  async (Host) => {
    const { statusListen } = site.deployment;
    expect(await ask(statusListen, '/health', { Host })).toMatchObject({ status: 200, body: 'ok\n' });
    await Promise.all([site.writer.stop(), site.dynamo.close(), site.origin.close()]);
    await Promise.all(site.memcached.map((node) => node.stop()));
    expect(await ask(statusListen, '/health', { Host })).toMatchObject({ status: 200, body: 'ok\n' });
  },
);

test('the port of health checks shows nothing of the application, and takes no path from it', async () => {
  site.origin.on('/health', freshPage());
  expect((await ask(site.deployment.statusListen, '/page')).status).toBe(404);
  expect(site.origin.received).toEqual([]);
  expect((await ask(site.address, '/health')).body).toMatch(/^rendering \d+$/);
});
