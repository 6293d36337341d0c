import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { writerServer } from '../../../lambda/adapters/node-http';
import type { FillAnswer } from '../../../lambda/core/fill-tools';
import type { PageResponse } from '../../../lambda/core/page';
import type { CanonicalRequest } from '../../../lib/site/canonical-request';
import { type KeyParts, pageKey } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { ask, type RawAnswer, sendRaw } from '../../support/raw-http';

const config = parseSiteConfig({
  site: 'test',
  key: { variants: [{ name: 'pv', source: 'cookie', field: 'pv', values: ['a', 'b'] }] },
});
const parts: KeyParts = {
  scheme: 'https',
  host: 'www.example.com',
  path: '/caf%C3%A9',
  query: 'a=1&b=%26',
  variants: { pv: 'b' },
};
const target = `${parts.path}?${parts.query}`;
const headers = { 'X-Nms-Key': pageKey(config, parts), 'X-Nms-Scheme': 'https', 'X-Nms-Variants': 'pv=b' };
const ok: PageResponse = { status: 200, headers: [['Content-Type', 'text/plain']], body: Buffer.from('hello') };

let server: Server;
let address: string;
let filled: CanonicalRequest[];
let fill: () => Promise<FillAnswer>;
let logged: { readonly event: string; readonly details: Readonly<Record<string, unknown>> }[];

beforeEach(async () => {
  filled = [];
  logged = [];
  fill = () => Promise.resolve({ kind: 'page', response: ok, outcome: 'stored' });
  const recordingFill = (request: CanonicalRequest) => {
    filled.push(request);
    return fill();
  };
  server = writerServer(config, recordingFill, (event, details) => logged.push({ event, details }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const page = (response: Partial<PageResponse>): FillAnswer => ({
  kind: 'page',
  response: { ...ok, ...response },
  outcome: 'stored',
});

/** What nginx gets besides the connection's own headers. */
function withoutConnection({ headers: { connection: _, ...others } }: RawAnswer): Record<string, string> {
  return others;
}

const passed = (reason: string) => ({
  'x-nms-outcome': reason,
  'content-length': '0',
});

test('the fill gets the request that nginx made canonical, as it was sent', async () => {
  await ask(address, target, headers);
  expect(filled).toEqual([{ ...parts, key: headers['X-Nms-Key'] }]);
});

test('a path is known in whatever way nginx escapes it', async () => {
  await ask(address, `/%63af%c3%a9?${parts.query}`, headers);
  expect(filled).toMatchObject([{ path: '/caf%C3%A9' }]);
});

test('a page is answered with its status, headers and body, its length and its outcome, and no header of Node’s', async () => {
  const location = ['Location', '/a'] as const;
  fill = () => Promise.resolve(page({ status: 301, headers: [['X-Latin', 'caf\xe9'], location, ['x-a', '1']] }));
  const answer = await ask(address, target, headers);
  expect([answer.status, answer.body]).toEqual([200, 'hello']);
  expect(withoutConnection(answer)).toEqual({
    'x-latin': 'caf\xe9',
    location: '/a',
    'x-a': '1',
    'content-length': '5',
    'x-nms-status': '301',
    'x-nms-outcome': 'stored',
  });
});

test('a page keeps its own date', async () => {
  fill = () => Promise.resolve(page({ headers: [['Date', 'Sun, 06 Nov 1994 08:49:37 GMT']] }));
  expect(withoutConnection(await ask(address, target, headers)).date).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
});

test('a page without a body has the length 0', async () => {
  fill = () => Promise.resolve(page({ body: Buffer.alloc(0) }));
  expect(await ask(address, target, headers)).toMatchObject({ headers: { 'content-length': '0' }, body: '' });
});

test('where the origin is to be asked instead, nginx is told where to and why, and nothing else', async () => {
  fill = () => Promise.resolve({ kind: 'pass', reason: 'set-cookie' });
  const answer = await ask(address, target, headers);
  expect([answer.status, withoutConnection(answer), answer.body]).toEqual([421, passed('set-cookie'), '']);
});

describe('nginx is sent to the origin, and nothing is rendered,', () => {
  test.each([
    ['a key that is not the request’s', { 'X-Nms-Key': 'test:1.00000000:0' }],
    ['no key', { 'X-Nms-Key': '' }],
    ['a host that is not the key’s', { Host: 'other.example.com' }],
    ['a scheme that is not the key’s', { 'X-Nms-Scheme': 'http' }],
    ['an unknown scheme', { 'X-Nms-Scheme': 'ftp' }],
    ['a variant that is not the key’s', { 'X-Nms-Variants': 'pv=a' }],
    ['an undeclared variant', { 'X-Nms-Variants': 'pv=b;x=1' }],
  ])('for %s', async (_, changed) => {
    const answer = await ask(address, target, { ...headers, ...changed });
    expect([withoutConnection(answer), filled]).toEqual([passed('key-mismatch'), []]);
    expect(logged).toMatchObject([{ event: 'key-mismatch', details: { target } }]);
  });

  test.each(['/a//b?x', '/%2F', '/../a'])('for the odd path %s', async (odd) => {
    const answer = await ask(address, odd, headers);
    expect([withoutConnection(answer), filled]).toEqual([passed('key-mismatch'), []]);
  });
});

describe('nginx is sent to the origin, and the reason is logged,', () => {
  test('when the fill fails', async () => {
    fill = () => Promise.reject(new Error('broken on purpose'));
    expect(withoutConnection(await ask(address, target, headers))).toEqual(passed('writer-failed'));
    expect(logged).toMatchObject([{ event: 'fill-failed', details: { error: { message: 'broken on purpose' } } }]);
  });

  test('when a page cannot be written as HTTP', async () => {
    fill = () => Promise.resolve(page({ headers: [['X-Broken', 'a\nSet-Cookie: b']] }));
    expect(withoutConnection(await ask(address, target, headers))).toEqual(passed('writer-failed'));
    expect(logged).toMatchObject([{ event: 'fill-failed' }]);
  });
});

test('why a page was not stored is logged where an error is behind it', async () => {
  const cause = new Error('no answer');
  fill = () => Promise.resolve({ kind: 'page', response: ok, outcome: 'index-unreachable', cause });
  expect(await ask(address, target, headers)).toMatchObject({ headers: { 'x-nms-outcome': 'index-unreachable' } });
  const details = { key: headers['X-Nms-Key'], path: parts.path, outcome: 'index-unreachable', error: cause };
  expect(logged).toEqual([{ event: 'not-stored', details }]);
});

test.each([
  ['is not HTTP', 'nonsense\r\n\r\n'],
  ['has more headers than are read', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(700_000)}\r\n\r\n`],
])('what %s is given no answer, so that nginx asks the origin', async (_, request) => {
  // The end without an answer, or a broken connection: nginx takes both for the same.
  const answer = await sendRaw(address, request).catch(() => ({ status: 0 }));
  expect(answer.status).toBe(0);
});
