import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import type { SiteConfigInput } from '../../lib/site/site-config';
import { listenTcp } from '../support/listening-servers';
import { ask, cacheStatus, sendRaw } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const ODD_TARGETS = [
  ...['/a%2Fb', '//double', '/a/../b', '/a/%2e%2e/b', '/a%5Cb', '/a\\b', '/caf\xc3\xa9', '/a%3Bb', '/.;/x'],
  ...['/?a=%ff&b=\xff', '/%E2%98%83/?', '/a?b?c', '/?', '/a#b'],
];

// The second as if the server that puts fragments in were not there.
describe.each<[string, Partial<SiteConfigInput>]>([
  ['past the cache', {}],
  ['past the cache of a site with fragments', { fragments: { cachedPaths: ['/fragments'] } }],
])('%s', (_, document) => {
  let site: TestSite;
  beforeAll(async () => {
    const eligibility = { bypassPaths: ['/admin'], bypassHosts: ['editors.example.com'] };
    site = await startTestSite({ ...document, eligibility });
    site.origin.on('/page', freshPage());
    await ask(site.address, '/page');
  });
  afterAll(() => site?.stop());

  const last = () => site.origin.received.at(-1);

  test.each<[string, Record<string, string>]>([
    ['authorization', { Authorization: 'Bearer x' }],
    ['cookie', { Cookie: 'session=1' }],
    ['cookie', { Cookie: '_ga=1; anything=1' }],
    ['origin', { Origin: 'https://other.example' }],
    ['accept', { Accept: 'text/event-stream' }],
    ['partial', { 'HX-Request': 'true' }],
    ['partial', { 'X-Requested-With': 'XMLHttpRequest' }],
    ['host', { Host: 'editors.example.com' }],
  ])(
    'a request is not looked up because of its %s, and reaches the origin with all its headers',
    async (reason, headers) => {
      const answer = await ask(site.address, '/page?utm_source=x', { 'X-Own': 'kept', ...headers });
      expect(cacheStatus(answer)).toBe(`fwd=bypass; detail=${reason}`);
      expect(last()?.target).toBe('/page?utm_source=x');
      const expected = Object.fromEntries(
        Object.entries({ 'X-Own': 'kept', ...headers }).map(([name, value]) => [name.toLowerCase(), value]),
      );
      expect(last()?.headers).toMatchObject(expected);
    },
  );

  test.each(['/admin', '/admin/users'])('the bypass path %s is never stored', async (path) => {
    site.origin.on(path, freshPage());
    const bodies = [(await ask(site.address, path)).body, (await ask(site.address, path)).body];
    expect(new Set(bodies).size).toBe(2);
  });

  test('what only begins like a bypass path is stored', async () => {
    site.origin.on('/admin-guide', freshPage());
    expect(cacheStatus(await ask(site.address, '/admin-guide'))).toBe('fwd=uri-miss; stored');
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PURGE'])(
    '%s goes to the origin and leaves the page alone',
    async (method) => {
      const stored = (await ask(site.address, '/page')).body;
      const answer = await ask(site.address, '/page', { 'Content-Length': '4' }, method, 'body');
      expect(cacheStatus(answer)).toBe('fwd=method');
      expect(last()?.method).toBe(method);
      expect((await ask(site.address, '/page')).body).toBe(stored);
    },
  );

  test('the body of an upload of 20 MB reaches the origin whole, and begins to before it has ended', async () => {
    const body = randomBytes(20 * 1024 * 1024);
    let begun = () => undefined as void;
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    site.origin.on('/upload', (request, response) => {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => void (begun(), hash.update(chunk)));
      request.on('end', () => response.end(hash.digest('hex')));
    });
    const answered = new Promise<string>((resolve, reject) => {
      const upload = httpRequest(
        `${site.url}/upload`,
        { method: 'POST', agent: false, headers: { 'Content-Length': body.length } },
        (response) => {
          let text = '';
          response
            .setEncoding('utf8')
            .on('data', (piece: string) => (text += piece))
            .on('end', () => resolve(text));
        },
      ).on('error', reject);
      upload.write(body.subarray(0, 1_000_000));
      void beginning.then(() => upload.end(body.subarray(1_000_000)));
    });
    expect(await answered).toBe(createHash('sha256').update(body).digest('hex'));
  });

  test('16 kB of request headers and 16 kB of response headers pass, on a bypass and on a miss', async () => {
    const large = 'x'.repeat(16_000);
    site.origin.on('/large', (_, response) =>
      response.writeHead(200, { 'X-Large': large, 'Cache-Control': 'max-age=60' }).end('ok'),
    );
    const bypass = await ask(site.address, '/large', { Cookie: `session=${large}` });
    expect(last()?.headers.cookie).toBe(`session=${large}`);
    expect(bypass.headers['x-large']).toBe(large);
    const answers = [await ask(site.address, '/large', { 'X-Large': large }), await ask(site.address, '/large')];
    expect(answers.map(cacheStatus)).toEqual(['fwd=uri-miss; stored', 'hit']);
    expect(answers.map(({ headers }) => headers['x-large'])).toEqual([large, large]);
  });

  test('odd paths reach the origin byte for byte', async () => {
    const lines: string[] = [];
    // A server that takes every byte: Node's own refuses some of them.
    const origin = await listenTcp((socket) =>
      socket.once('data', (data) => {
        lines.push(data.toString('latin1').split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
      }),
    );
    await using raw = await reroute(origin.address);
    const get = (target: string) =>
      sendRaw(
        raw.address,
        `GET ${target} HTTP/1.1\r\nHost: www.example.com\r\nCookie: s=1\r\nConnection: close\r\n\r\n`,
      );
    for (const target of ODD_TARGETS) await get(target);
    // nginx never passes a NUL on, with a cache or without.
    expect((await get('/%00')).status).toBe(400);
    await origin.close();
    expect(lines).toEqual(ODD_TARGETS.map((target) => `GET ${target} HTTP/1.1`));
  });

  test('a WebSocket is opened, and speaks in both directions', async () => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(sockets, 'listening');
    sockets.on('connection', (socket) =>
      socket.on('message', (text: Buffer) => socket.send(`heard ${text.toString()}`)),
    );
    await using raw = await reroute(`127.0.0.1:${(sockets.address() as { port: number }).port}`);
    const socket = new WebSocket(`ws://${raw.address}/socket`);
    const heard = await new Promise<string>((resolve, reject) => {
      socket
        .on('open', () => socket.send('hello'))
        .on('message', (text: Buffer) => resolve(text.toString()))
        .on('error', reject);
    });
    expect(heard).toBe('heard hello');
    socket.terminate();
    await new Promise((resolve) => sockets.close(resolve));
  });

  test.each([
    ['an event stream', 'text/event-stream'],
    ['a page that comes in pieces', 'text/html; charset=utf-8'],
  ])('%s arrives piece by piece', async (_, type) => {
    let next = () => undefined as void;
    site.origin.on('/events', (__, response) => {
      response.writeHead(200, { 'Content-Type': type, 'Surrogate-Control': 'content="SSI/1.0"' }).write('1\n\n');
      next = () => void response.end('2\n\n');
    });
    const received = await new Promise<string[]>((resolve, reject) => {
      const pieces: string[] = [];
      httpRequest(`${site.url}/events`, { agent: false, headers: { Accept: 'text/event-stream' } }, (response) => {
        // The second piece is only sent once the first has arrived.
        response
          .setEncoding('utf8')
          .on('data', (piece: string) => void (pieces.push(piece), next()))
          .on('end', () => resolve(pieces));
      })
        .on('error', reject)
        .end();
    });
    expect(received).toEqual(['1\n\n', '2\n\n']);
  });

  test('a request that comes round again is answered with 508', async () => {
    const answer = await ask(site.address, '/page', { 'CDN-Loop': 'other, nginx-memcache-site; site=test' });
    expect(answer.status).toBe(508);
  });

  test('what an origin says in X-Accel-Redirect moves nothing inside nginx', async () => {
    site.origin.on('/accel', (_, response) =>
      response.writeHead(200, { 'X-Accel-Redirect': '/page', 'Cache-Control': 'max-age=60' }).end('own'),
    );
    const answers = [
      await ask(site.address, '/accel'),
      await ask(site.address, '/accel'),
      await ask(site.address, '/accel', { Cookie: 'session=1' }),
    ];
    expect(answers.map(({ body }) => body)).toEqual(['own', 'own', 'own']);
  });

  /** The same site's nginx in front of another origin, for as long as it is used. */
  async function reroute(origin: string): Promise<{ address: string } & AsyncDisposable> {
    const other = await startTestSite(document, { origin: `http://${origin}` });
    return { address: other.address, [Symbol.asyncDispose]: () => other.stop() };
  }
});
