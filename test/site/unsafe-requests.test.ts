import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freshPage } from '../support/test-origin';
import { ask, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => (site = await startTestSite({ purging: { onUnsafeRequests: true } })));
afterAll(() => site?.stop());

const HIT = 'hit';
const STORED = 'fwd=uri-miss; stored';

/** A page that is stored with groups, and whose unsafe requests are answered so. */
function resource(path: string, groups: string, answer: Record<string, string> = {}, status = 200): void {
  const page = freshPage({ 'Cache-Control': 'max-age=60', ...(groups === '' ? {} : { 'Cache-Groups': groups }) });
  site.origin.on(path, (incoming, response) => {
    if (incoming.method === 'GET') page(incoming, response);
    else {
      incoming.resume();
      incoming.once('end', () => response.writeHead(status, { 'Content-Type': 'text/plain', ...answer }).end('done'));
    }
  });
}
const status = async (path: string, headers = {}) => cacheStatus(await ask(site.address, path, headers));
const post = (path: string, method = 'POST', headers: Record<string, string> = {}) =>
  ask(site.address, path, { 'Content-Length': '3', ...headers }, method, 'a=1');

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'MOVE', 'M-SEARCH'])(
  'a successful %s purges its URL, every query of it',
  async (method) => {
    const path = `/by/${method}`;
    resource(path, '');
    for (const target of [path, `${path}?page=2`])
      expect([await status(target), await status(target)]).toEqual([STORED, HIT]);
    expect(await post(path, method)).toMatchObject({ status: 200, body: 'done' });
    expect([await status(path), await status(`${path}?page=2`)]).toEqual([STORED, STORED]);
  },
);

test('its answer names groups that are purged too, of the same host only, and neither header goes out', async () => {
  resource('/list', '"news", "all"');
  resource('/other', '"other"');
  resource('/edit', '', { 'Cache-Group-Invalidation': '"news"' });
  const elsewhere = { Host: 'www.example.org' };
  const listed = await ask(site.address, '/list');
  expect([listed.headers['cache-groups'], cacheStatus(listed)]).toEqual([undefined, STORED]);
  await status('/other');
  await ask(site.address, '/list', elsewhere);
  const answer = await post('/edit');
  expect([answer.status, answer.headers['cache-group-invalidation']]).toEqual([200, undefined]);
  expect([await status('/list'), await status('/other'), await status('/list', elsewhere)]).toEqual([STORED, HIT, HIT]);
});

test.each([400, 404, 500])('an answer of status %i purges nothing', async (code) => {
  const path = `/fails/${code}`;
  resource(path, '', {}, code);
  await status(path);
  expect((await post(path)).status).toBe(code);
  expect(await status(path)).toBe(HIT);
});

test.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH'])(
  'a %s purges nothing, whatever its answer names',
  async (method) => {
    resource('/safe', '', { 'Cache-Group-Invalidation': '"safe"' });
    site.origin.on('/tagged', freshPage({ 'Cache-Control': 'max-age=60', 'Cache-Groups': '"safe"' }));
    await status('/tagged');
    await ask(site.address, '/safe', { Cookie: 'session=1' }, method);
    expect(await status('/tagged')).toBe(HIT);
  },
);

test('a slow rendering that began before an unsafe request is not stored after it', async () => {
  let finish = () => undefined as void;
  let began = () => undefined as void;
  const rendering = new Promise<void>((resolve) => (began = resolve));
  site.origin.on('/slow', (incoming, response) => {
    if (incoming.method === 'POST') {
      response.end('done');
      return;
    }
    began();
    finish = () => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('before');
  });
  const early = ask(site.address, '/slow');
  await rendering;
  await post('/slow');
  finish();
  await early;
  site.origin.on('/slow', freshPage());
  expect(await status('/slow')).toBe(STORED);
});

test('the request reaches the origin as it was sent: odd path, every header, none of ours', async () => {
  resource('/odd//%2F', '');
  await post('/odd//%2F?a=%20;b', 'POST', { 'X-Mine': 'ä\xe4', Cookie: 'session=1', 'X-Nms-Host': 'evil.example' });
  const received = site.origin.received.at(-1);
  expect(received).toMatchObject({
    method: 'POST',
    target: '/odd//%2F?a=%20;b',
    headers: { host: 'www.example.com', 'x-mine': 'ä\xe4', cookie: 'session=1', 'content-length': '3' },
  });
  expect(received?.headerNames.filter((name) => name.startsWith('x-nms-'))).toEqual([]);
});

/** Sends a body in two parts, the second when the origin has seen the first. */
async function upload(path: string, size: number): Promise<string> {
  const half = Buffer.alloc(size / 2, 'x');
  let seen = () => undefined as void;
  const first = new Promise<void>((resolve) => (seen = resolve));
  site.origin.on(path, (incoming, response) => {
    const hash = createHash('sha256');
    incoming.once('data', () => seen());
    incoming.on('data', (piece: Buffer) => hash.update(piece));
    incoming.on('end', () => response.end(hash.digest('hex')));
  });
  const [host, port] = site.address.split(':');
  const sending = request({ host, port, path, method: 'POST', headers: { Host: 'www.example.com' } });
  sending.write(half);
  await first;
  sending.end(half);
  const [answer] = (await once(sending, 'response')) as [AsyncIterable<Buffer>];
  let body = '';
  for await (const piece of answer) body += piece.toString();
  return body;
}

test('an upload of 20 MB begins before it ends', async () => {
  const size = 20 * 1024 * 1024;
  const whole = createHash('sha256').update(Buffer.alloc(size, 'x')).digest('hex');
  expect(await upload('/upload', size)).toBe(whole);
});

test('with the writer gone the origin gets the whole request, and answers', async () => {
  const broken = await startTestSite({ purging: { onUnsafeRequests: true } });
  await broken.writer.stop();
  const body = 'b'.repeat(1024 * 1024);
  broken.origin.on('/form', (incoming, response) => {
    let length = 0;
    incoming.on('data', (piece: Buffer) => (length += piece.length));
    incoming.on('end', () => response.end(String(length)));
  });
  const headers = { 'Content-Length': String(body.length) };
  expect((await ask(broken.address, '/form', headers, 'POST', body)).body).toBe(String(body.length));
  await broken.stop();
});

test('what a writer that fails had been sent is not sent again', async () => {
  const broken = await startTestSite({ purging: { onUnsafeRequests: true } });
  broken.origin.on('/form', () => process.kill(broken.writer.pid, 'SIGKILL'));
  expect((await ask(broken.address, '/form', { 'Content-Length': '0' }, 'POST')).status).toBe(502);
  expect(broken.origin.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  await broken.stop();
});

test('with the nodes of the cache gone the answer still goes out', async () => {
  const broken = await startTestSite({ purging: { onUnsafeRequests: true } });
  broken.origin.on('/form', freshPage());
  await ask(broken.address, '/form');
  await Promise.all(broken.memcached.map((node) => node.stop()));
  broken.origin.on('/form', (incoming, response) => void incoming.resume().once('end', () => response.end('done')));
  expect(await ask(broken.address, '/form', { 'Content-Length': '0' }, 'POST')).toMatchObject({ body: 'done' });
  // Comes through a pipe of its own.
  while (!broken.messages.join('\n').includes('not-invalidated')) await wait(10);
  await broken.stop();
});
