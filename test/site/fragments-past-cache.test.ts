import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DRAINING } from '../../lib/site/nginx/render';
import { listenTcp } from '../support/listening-servers';
import { ask, cacheStatus, exchange, sendRaw } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

// What has to pass the server that puts fragments in as if it were not there.
let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ fragments: { cachedPaths: ['/fragments'] } }, { behindLoadBalancer: true });
  site.origin.on('/page', freshPage());
  await ask(site.address, '/page');
});
afterAll(() => site?.stop());

const last = () => site.origin.received.at(-1);

test('a stored page is found', async () => {
  expect(cacheStatus(await ask(site.address, '/page'))).toBe('hit');
});

test.each<[string, string, string]>([
  ['authorization', 'authorization', 'Bearer x'],
  ['cookie', 'cookie', 'session=1'],
  ['range', 'range', 'bytes=0-1'],
  ['partial', 'hx-request', 'true'],
])('a request is not looked up because of its %s, and reaches the origin whole', async (reason, name, value) => {
  const headers = { 'x-own': 'kept', 'accept-encoding': 'br', [name]: value };
  const answer = await ask(site.address, '/page?utm_source=x', headers);
  expect(cacheStatus(answer)).toBe(`fwd=bypass; detail=${reason}`);
  expect(last()).toMatchObject({ target: '/page?utm_source=x', headers });
});

test('a conditional request is answered with 304', async () => {
  const { headers } = await ask(site.address, '/page');
  const answer = await ask(site.address, '/page', { 'If-None-Match': headers.etag ?? '' });
  expect([answer.status, answer.body]).toEqual([304, '']);
});

test("the load balancer's word on the visitor's scheme counts", async () => {
  site.origin.on('/scheme', (_, response) => response.end('text'));
  await ask(site.address, '/scheme', { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.1' });
  expect(last()?.headers['x-forwarded-proto']).toBe('https');
  await ask(site.address, '/scheme', { 'X-Forwarded-For': '192.0.2.1', Cookie: 'session=1' });
  expect(last()?.headers).toMatchObject({ 'x-forwarded-for': '192.0.2.1' });
  expect(last()?.headers).not.toHaveProperty('x-forwarded-proto');
});

test.each([
  ['GET / HTTP/1.0\r\n', 'fwd=bypass; detail=host', (site: TestSite) => site.origin.address],
  ['GET /page HTTP/1.0\r\nHost: www.example.com\r\n', 'hit', undefined],
  ['GET http://www.example.com/page HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n', 'hit', undefined],
  [
    'GET http://www.example.com/scheme HTTP/1.1\r\nHost: other.example\r\nCookie: s=1\r\nConnection: close\r\n',
    'fwd=bypass; detail=cookie',
    () => 'www.example.com',
  ],
  [
    'GET http://www.example.com?x HTTP/1.1\r\nHost: www.example.com\r\nCookie: s=1\r\nConnection: close\r\n',
    'fwd=bypass; detail=cookie',
    () => 'www.example.com',
  ],
])('%j is understood', async (head, status, host) => {
  const answer = await sendRaw(site.address, `${head}\r\n`);
  expect(cacheStatus(answer)).toBe(status);
  if (host !== undefined) expect(last()?.headers.host).toBe(host(site));
});

test('a body that is announced is asked for', async () => {
  site.origin.on('/expect', (request, response) => request.on('end', () => response.end('got it')).resume());
  const answer = await exchange(
    site.address,
    'POST /expect HTTP/1.1\r\nHost: www.example.com\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*got it/);
});

test('the origin learns that a visitor has gone', async () => {
  const [host, port] = site.address.split(':') as [string, string];
  const visitor = connect({ host, port: Number(port) });
  const gone = new Promise<void>((resolve) => {
    site.origin.on('/waits', (_, response) => {
      response.once('close', resolve);
      visitor.destroy();
    });
  });
  visitor.write('GET /waits HTTP/1.1\r\nHost: www.example.com\r\nCookie: session=1\r\n\r\n');
  await gone;
});

test('an interim answer does not hold up the one after it', async () => {
  const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
  const origin = await listenTcp((socket) =>
    socket.once('data', () => socket.end(`${interim}HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthe answer`)),
  );
  const other = await startTestSite({ fragments: { cachedPaths: ['/f'] } }, { origin: `http://${origin.address}` });
  const request = 'GET / HTTP/1.1\r\nHost: www.example.com\r\nCookie: session=1\r\nConnection: close\r\n\r\n';
  expect(await exchange(other.address, request)).toContain('the answer');
  await other.stop();
  await origin.close();
});

test('what changes something is sent once', async () => {
  let posts = 0;
  site.origin.on('/once', (request, response) => {
    posts += 1;
    request.resume();
    response.destroy();
  });
  const answer = await ask(site.address, '/once', { 'Content-Length': '4' }, 'POST', 'body');
  expect([answer.status, posts]).toEqual([502, 1]);
});

test('before a reload, answers close their connections', async () => {
  await writeFile(join(site.nginx.directory, DRAINING), '');
  // nginx's own, and ours. It looks for the file once in a second.
  while ((await ask(site.address, '/page')).headers.connection !== 'close, close');
});
