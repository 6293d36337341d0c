import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { listenTcp, type ListeningServer } from '../support/listening-servers';
import { ask, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

/** A raw application: a page that is stored, and unsafe requests that a test answers byte by byte. */
let origin: ListeningServer;
let received = '';
let answer: (socket: Socket, head: string) => void;
let routed: TestSite;
let plain: TestSite;

beforeAll(async () => {
  origin = await listenTcp((socket) => {
    let text = '';
    socket.on('data', (piece) => {
      const begun = text.includes('\r\n\r\n');
      text += piece.toString('latin1');
      if (begun || !text.includes('\r\n\r\n')) return;
      if (text.startsWith('GET')) {
        socket.end('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\npage');
      } else {
        received = text;
        answer(socket, text);
      }
    });
  });
  const options = { origin: `http://${origin.address}` };
  routed = await startTestSite({ purging: { onUnsafeRequests: true } }, options);
  plain = await startTestSite({}, options);
});
afterAll(async () => {
  await Promise.all([routed?.stop(), plain?.stop()]);
  await origin?.close();
});

const respond = (text: string) => (socket: Socket) => void socket.end(Buffer.from(text, 'latin1'));
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Sends bytes and reads until the end, or for so many milliseconds where a visitor leaves. */
async function send(site: TestSite, request: string, leavesAfter?: number): Promise<string> {
  const [host, port] = site.address.split(':');
  const socket = createConnection({ host, port: Number(port) }).on('error', () => undefined);
  let text = '';
  socket.on('data', (piece) => (text += piece.toString('latin1')));
  socket.write(Buffer.from(request, 'latin1'));
  await Promise.race([once(socket, 'close'), ...(leavesAfter === undefined ? [] : [wait(leavesAfter)])]);
  socket.destroy();
  return text;
}
const post = (lines = 'Content-Length: 3\r\n', body = 'abc', line = 'POST /a') =>
  `${line} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n${lines}\r\n${body}`;
const stored = async () => {
  while (cacheStatus(await ask(routed.address, '/a')) !== 'hit');
};
const isPurged = async () => expect(cacheStatus(await ask(routed.address, '/a'))).toBe('fwd=uri-miss; stored');

/** An answer without what differs by nature: our own word, and the time. */
const comparable = (text: string) => text.replace(/Cache-Status: [^\r]*\r\n|Date: [^\r]*\r\n/g, '');

test.each([
  ['a plain one', OK],
  ['one with a reason of its own', 'HTTP/1.1 200 Very Well\r\nContent-Length: 2\r\n\r\nok'],
  ['one of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nok'],
  ['one in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ['one with two cookies', 'HTTP/1.1 303 See\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n'],
  ['one without a body', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['one that says more than its status may', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok'],
  ['one with more bytes than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'],
  ['one with raw bytes in a header', 'HTTP/1.1 200 OK\r\nX-A: caf\xe9\r\nContent-Length: 2\r\n\r\nok'],
  ['one after an interim one', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`],
  ['an unknown status', 'HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok'],
])('%s reaches the visitor as it would without us, and purges', async (_, text) => {
  answer = respond(text);
  await stored();
  const [on, off] = [await send(routed, post()), await send(plain, post())];
  // What nginx itself makes of an interim answer differs with its version.
  if (!text.includes(' 103 ')) expect(comparable(on)).toBe(comparable(off));
  expect(on).toMatch(/^HTTP\/1\.1 [23]/);
  await isPurged();
});

test.each([
  ['both framings', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ['its length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
  ['a control character', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 2\r\n\r\nok'],
  ['a control character in its reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok'],
  ['no HTTP at all', 'nonsense\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok'],
  ['a chunk that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
  ['no answer', ''],
])('an answer with %s purges: what was asked may have been done', async (_, text) => {
  answer = respond(text);
  await stored();
  await send(routed, post());
  await isPurged();
});

test.each([0, 5, 20])(
  'an answer that comes before the body is read is delivered (the origin closes after %i ms)',
  async (after) => {
    answer = (socket) => {
      socket.pause();
      const head = 'HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
      socket.write(head, () => void setTimeout(() => socket.destroy(), after));
    };
    await stored();
    const big = 2_000_000;
    await send(routed, post(`Content-Length: ${big}\r\n`, 'x'.repeat(big)));
    await isPurged();
  },
);

test('a visitor who leaves before the answer keeps no page that their request has changed', async () => {
  let done = () => undefined as void;
  const answered = new Promise<void>((resolve) => (done = resolve));
  answer = (socket) => void setTimeout(() => socket.end(OK, done), 100);
  await stored();
  await send(routed, post(), 30);
  await answered;
  // The purge runs when the answer is there; nobody waits for it any more.
  while (cacheStatus(await ask(routed.address, '/a')) === 'hit') await wait(5);
});

test.each([
  ['a body with a length', post()],
  ['no body', post('', '')],
  ['a body in chunks', post('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n')],
  ['a body of nothing', post('Content-Length: 0\r\n', '')],
  ['the same header twice', post('X-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n')],
  ['a DELETE with a body', post('Content-Length: 3\r\n', 'abc', 'DELETE /a')],
  ['a header with a control character', post('X-A: a\x01b\r\nContent-Length: 3\r\n')],
  ['a raw target', post('Content-Length: 3\r\n', 'abc', 'POST /caf\xe9')],
  ['a method that few know', post('Content-Length: 3\r\n', 'abc', 'VERSION-CONTROL /a')],
  ['300 kB of headers', post(`${`X-A: ${'x'.repeat(60_000)}\r\n`.repeat(5)}Content-Length: 3\r\n`)],
  [
    'an upgrade that it does not mean',
    post('Content-Length: 3\r\n').replace('Connection: close', 'Connection: close, Upgrade\r\nUpgrade: h2c'),
  ],
])('a request with %s reaches the origin as it would without us', async (_, request) => {
  answer = respond(OK);
  const sent: string[] = [];
  for (const site of [plain, routed]) {
    received = '';
    expect(await send(site, request)).toContain('\r\n\r\nok');
    sent.push(received);
  }
  const [off, on] = sent.map((text) => text.split('\r\n\r\n')[0]?.split('\r\n') ?? []);
  // Without a body, an explicit length of nothing says the same (RFC 9110 section 8.6 wants it).
  const same = (lines: string[] = []) =>
    lines
      .filter((line) => !/^(?:Content-Length: 0|Upgrade: .*|Connection: upgrade)$/i.test(line))
      // Node writes no control character, and spells a repeated name alike.
      .map((line) => line.replace('\x01', ' ').toLowerCase())
      .sort();
  expect(same(on)).toEqual(same(off));
});

test('an upgrade of an unsafe request is not passed on, and the page is purged', async () => {
  answer = respond(OK);
  await stored();
  await send(routed, post('Upgrade: h2c\r\nContent-Length: 3\r\n'));
  expect(received).not.toMatch(/upgrade/i);
  await isPurged();
});

test('after all that the writer is the one that was started', () => {
  expect(() => process.kill(routed.writer.pid, 0)).not.toThrow();
});
