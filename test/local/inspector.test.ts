import { FunctionError, type LocalFunction } from '../../local/local-function';
import { INSPECTOR_PORT, type Inspector, startInspector } from '../../local/inspector/inspector';
import { freePort } from '../../local/free-port';
import { listenTcp } from '../support/listening-servers';
import { ask } from '../support/raw-http';

const RECEIPT = { id: 'p-1', purged: true, mode: 'delete', selectors: [], pages: {}, nodes: [], durationMs: 1 };
const purges: unknown[] = [];

let inspector: Inspector;
let address: string;
const fake = (invoke: LocalFunction['invoke']): LocalFunction => ({ invoke, stop: () => Promise.resolve() });
const site = {
  url: 'http://127.0.0.1:1/"><script>',
  functions: {
    inspect: fake(() => Promise.reject(new FunctionError('InspectRequestError', 'a fault: <b>'))),
    purge: fake((request) => (purges.push(request), Promise.resolve(RECEIPT))),
  },
  deployment: { statusListen: '127.0.0.1:9' },
};
beforeAll(async () => {
  inspector = await startInspector(site, await freePort());
  address = inspector.url.replace('http://', '');
});
afterAll(() => inspector?.close());
beforeEach(() => void purges.splice(0));

const OWN = { 'Content-Type': 'application/json', 'Inspector-Request': '1' };
const everything = '{"everything":true}';
const purge = (headers: Record<string, string>, body = everything) =>
  ask(
    address,
    '/purge',
    { Host: address, 'Content-Length': String(Buffer.byteLength(body)), ...headers },
    'POST',
    body,
  );

test('its own page purges, in its own name', async () => {
  const headers = { ...OWN, Origin: inspector.url, 'Sec-Fetch-Site': 'same-origin' };
  expect((await purge(headers)).status).toBe(200);
  expect(purges).toEqual([{ caller: 'inspector', everything: true }]);
});

test.each<[string, Record<string, string>]>([
  ['a form of another site', { 'Content-Type': 'text/plain', Origin: 'https://evil.example' }],
  ['a form of its own address without the header', { Origin: 'http://127.0.0.1:1' }],
  ['a script of another site that may send the header', { ...OWN, Origin: 'https://evil.example' }],
  ['a page without an origin', { ...OWN, Origin: 'null' }],
  ['another site on this machine', { ...OWN, Origin: 'http://127.0.0.1:3000', 'Sec-Fetch-Site': 'same-site' }],
  ['a browser that only says it is another site', { ...OWN, 'Sec-Fetch-Site': 'cross-site' }],
  ['a name that leads here (DNS rebinding)', { ...OWN, Host: 'evil.example' }],
  ['the same with its own origin', { ...OWN, Host: 'evil.example', Origin: 'http://evil.example' }],
  ['a host without the port', { ...OWN, Host: '127.0.0.1' }],
  ['no header of its own', {}],
])('%s purges nothing', async (_, headers) => {
  expect((await purge(headers)).status).toBe(403);
  expect(purges).toEqual([]);
});

test('no other site is allowed to send the header, and no method but GET and POST does anything', async () => {
  const asked = {
    Host: address,
    Origin: 'https://evil.example',
    'Access-Control-Request-Headers': 'inspector-request',
  };
  const answer = await ask(address, '/purge', asked, 'OPTIONS');
  expect(answer.status).toBe(403);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect((await ask(address, '/purge', { Host: address, ...OWN })).status).toBe(404);
  expect(purges).toEqual([]);
});

test.each(['/', '/inspector.js', '/inspector.css', '/nowhere'])(
  '%s may not be framed, loaded by others, or run what is not a file of its own',
  async (path) => {
    const { headers } = await ask(address, path, { Host: address });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['x-content-type-options']).toBe('nosniff');
  },
);

test.each(['/../site.json', '/%2e%2e/site.json', '/index.html', '/?'])('%s is no file of the page', async (path) => {
  expect((await ask(address, path, { Host: address })).status).toBe(404);
  const headers = { Host: address, ...OWN, 'Content-Length': '2' };
  expect((await ask(address, path, headers, 'POST', '{}')).status).toBe(404);
});

test('the page has no script or style of its own, and the address of the site in it is text', async () => {
  const { body } = await ask(address, '/', { Host: address });
  expect(body).toContain('http://127.0.0.1:1/&#34;&#62;&#60;script&#62;');
  expect(body).not.toMatch(/<style|\bstyle=|\bon\w+=|<script(?! type="module" src=)/);
});

test.each<[string, string, RegExp]>([
  ['what is no JSON', 'everything', /not valid JSON/],
  ['what is no object', '[]', /must be an object of JSON/],
  ['what is too long', `{"urls":["${'x'.repeat(300_000)}"]}`, /longer than 262144 bytes/],
])('%s is refused and purges nothing', async (_, body, fault) => {
  const answer = await purge(OWN, body);
  expect([answer.status, answer.body]).toEqual([422, expect.stringMatching(fault)]);
  expect(purges).toEqual([]);
});

test('what a function refuses is told as text', async () => {
  const headers = { Host: address, ...OWN, 'Content-Length': '2' };
  const { status, body } = await ask(address, '/pages', headers, 'POST', '{}');
  expect([status, body]).toEqual([422, expect.stringContaining('a fault: &#60;b&#62;')]);
});

test('it takes a free port where its own is busy, and fails where a given one is', async () => {
  const busy = await listenTcp(() => undefined);
  const port = Number(busy.address.split(':')[1]);
  await expect(startInspector(site, port)).rejects.toThrow(/EADDRINUSE/);
  await busy.close();
  const both = [await startInspector(site), await startInspector(site)];
  expect(new Set(both.map(({ url }) => url)).size).toBe(2);
  expect(both[1]?.url).not.toBe(`http://127.0.0.1:${INSPECTOR_PORT}`);
  for (const each of both) await each.close();
});
