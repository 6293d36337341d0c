import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DRAINING } from '../../lib/site/nginx/render';
import type { SiteConfigInput } from '../../lib/site/site-config';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { md5, storeBody } from '../support/stored-body';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { freeze } from '../support/freeze';

const MISS = 'fwd=uri-miss';

let site: TestSite;
afterEach(() => site?.stop());

async function start(compatibility: SiteConfigInput['compatibility']): Promise<void> {
  site = await startTestSite({ hosts: ['www.example.com'], compatibility });
}

test('a body is answered as it lies in the store, as HTML whatever the path ends in, by GET and HEAD', async () => {
  await start({ preset: 'custom-key', key: 'CUSTOMKEY' });
  const body = Buffer.from('<p>caf\xe9\0\r\n</p>'.repeat(20_000), 'latin1');
  await storeBody(site, ':1:CUSTOMKEY:/map.gif?page=2', body);
  const hit = await askUntilHit(site.address, '/map.gif?page=2');
  expect(hit).toMatchObject({ status: 200, body: body.toString('latin1') });
  expect(hit.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
  const head = await askUntilHit(site.address, '/map.gif?page=2', {}, 'HEAD');
  expect([head.headers['content-length'], head.body]).toEqual([String(body.length), '']);
});

test('another type, and bodies that a flag marks as gzip: who cannot read them gets them expanded', async () => {
  await start({ preset: 'prefix-path', prefix: 'feeds', contentType: 'application/atom+xml', gzipFlag: 2 });
  const feed = '<feed/>'.repeat(1000);
  await storeBody(site, 'feeds./news.html', gzipSync(feed), 2);
  await storeBody(site, 'feeds./plain', feed);
  expect((await askUntilHit(site.address, '/news.html')).body).toBe(feed);
  const hit = await askUntilHit(site.address, '/news.html', { 'Accept-Encoding': 'gzip' });
  expect(hit.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/atom+xml' });
  expect((await askUntilHit(site.address, '/plain')).body).toBe(feed);
});

test('a miss is the whole request, of which the application is told that the answer may be stored; no other is', async () => {
  await start({ preset: 'uri-digest' });
  site.origin.on('/list', freshPage());
  const headers = { 'Accept-Language': 'de', Cookie: '_ga=1', 'X-Nms-May-Store': '0' };
  const miss = await ask(site.address, '/list?b=2&a=1&utm_source=x', headers);
  const bypass = await ask(site.address, '/list', { Cookie: 'sessionid=1', 'X-Nms-May-Store': '1' });
  expect([miss, bypass].map(cacheStatus)).toEqual([MISS, 'fwd=bypass; detail=cookie']);
  expect(site.origin.received).toMatchObject([
    {
      target: '/list?b=2&a=1&utm_source=x',
      headers: { 'accept-language': 'de', cookie: '_ga=1', 'x-nms-may-store': '1' },
    },
    { target: '/list' },
  ]);
  expect(site.origin.received[1]?.headers).not.toHaveProperty('x-nms-may-store');
});

test('hits go on while nginx tells its visitors to come over new connections', async () => {
  await start({ preset: 'uri-digest' });
  await storeBody(site, `:1:${md5('www.example.com/')}`, 'stored');
  await writeFile(join(site.nginx.directory, DRAINING), '');
  // nginx's own, and ours.
  const drained = async () => (await askUntilHit(site.address, '/')).headers.connection === 'close, close';
  while (!(await drained()));
});

test.each<[string, (site: TestSite) => unknown]>([
  ['hangs', ({ memcached }) => memcached.forEach(({ pid }) => freeze(pid))],
  ['is gone', ({ memcached }) => Promise.all(memcached.map((node) => node.stop()))],
])('the application answers while Memcached %s', async (_, fail) => {
  await start({ preset: 'uri-digest' });
  site.origin.on('/', freshPage());
  await fail(site);
  for (let i = 0; i < 20; i += 1) {
    const answer = await ask(site.address, '/');
    expect([answer.status, cacheStatus(answer)]).toEqual([200, MISS]);
  }
});
