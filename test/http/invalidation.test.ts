import type { Socket } from 'node:net';
import { casePath } from '../support/http-case';
import { listenTcp, type ListeningServer } from '../support/listening-servers';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

/** An application that is a socket: Node's server knows few methods. Every GET gives a page, all else what a test says. */
let origin: ListeningServer;
let site: TestSite;
let answer = '';
const methods: string[] = [];

beforeAll(async () => {
  origin = await listenTcp((socket: Socket) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const method = text.slice(0, text.indexOf(' '));
      methods.push(method);
      const page = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nConnection: close\r\nContent-Length: 4\r\n\r\npage';
      socket.end(method === 'GET' ? page : answer);
    });
  });
  site = await startTestSite({ purging: { onUnsafeRequests: true } }, { origin: `http://${origin.address}` });
});
afterAll(async () => {
  await site?.stop();
  await origin?.close();
});

const HOST = 'www.example.com';
const said = (status: number, lines = '') =>
  `HTTP/1.1 ${status} Answer\r\n${lines}Connection: close\r\nContent-Length: 0\r\n\r\n`;
const stored = (path: string) => askUntilHit(site.address, path);
const isStored = async (path: string) => cacheStatus(await ask(site.address, path)) !== 'fwd=uri-miss; stored';
const send = (method: string, path: string) => ask(site.address, path, { 'Content-Length': '0' }, method);

const UNSAFE = ['POST', 'PUT', 'DELETE', 'PATCH', 'M-SEARCH', 'NOTIFY', 'PURGE', 'VERSION-CONTROL', 'X_UNHEARD-OF'];

test.each(UNSAFE)('a %s with a non-error answer invalidates its target (RFC 9111 4.4)', async (method) => {
  for (const status of [200, 201, 204, 299, 302, 399]) {
    const path = casePath();
    await stored(path);
    answer = said(status);
    expect((await send(method, path)).status).toBe(status);
    expect(methods.at(-1)).toBe(method);
    expect(await isStored(path)).toBe(false);
  }
});

test.each(['POST', 'X_UNHEARD-OF'])('a %s with an error invalidates nothing (RFC 9111 4.4)', async (method) => {
  for (const status of [400, 404, 499, 500, 503, 599]) {
    const path = casePath();
    await stored(path);
    answer = said(status, `Location: ${path}\r\n`);
    expect((await send(method, path)).status).toBe(status);
    expect(await isStored(path)).toBe(true);
  }
});

test.each(['OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY'])(
  'a %s, which is safe, invalidates nothing (RFC 9110 9.2.1)',
  async (method) => {
    const path = casePath();
    await stored(path);
    answer = said(200, `Content-Location: ${path}\r\n`);
    await send(method, path);
    expect(await isStored(path)).toBe(true);
  },
);

test.each(['Location', 'Content-Location'])('%s of its own origin is invalidated too (RFC 9111 4.4)', async (name) => {
  const forms = [
    (path: string) => path,
    (path: string) => path.replace('/case/', ''),
    (path: string) => `http://${HOST}${path}?page=2#top`,
    (path: string) => `//${HOST.toUpperCase()}${path}`,
  ];
  for (const form of forms) {
    const path = casePath();
    await stored(path);
    answer = said(201, `${name}: ${form(path)}\r\n`);
    await send('POST', '/case/list');
    expect(await isStored(path)).toBe(false);
  }
});

test.each([
  ['host', (path: string) => `http://other.example${path}`],
  ['scheme', (path: string) => `https://${HOST}${path}`],
  ['port', (path: string) => `http://${HOST}:8080${path}`],
])('a Location of another %s is not (RFC 9111 4.4)', async (_, form) => {
  const path = casePath();
  await stored(path);
  answer = said(201, `Location: ${form(path)}\r\nContent-Location: ${form(path)}\r\n`);
  await send('POST', '/case/list');
  expect(await isStored(path)).toBe(true);
});

test('a method reaches the origin by its own name, known or not, with a writer and without one', async () => {
  const alone = await startTestSite({ purging: { onUnsafeRequests: true } }, { origin: `http://${origin.address}` });
  await alone.writer.stop();
  answer = said(200);
  const spoofed = { 'Content-Length': '3', 'X-Nms-Method': 'DELETE' };
  for (const { address } of [site, alone])
    for (const method of ['X_UNHEARD-OF', 'POST']) {
      expect((await ask(address, '/case/alone', spoofed, method, 'a=1')).status).toBe(200);
      expect(methods.at(-1)).toBe(method);
    }
  await alone.stop();
});
