import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import compression from 'compression';
import express, { type Express } from 'express';
import fastify from 'fastify';
import { expressMiddleware } from '../../../lambda/pages/express';
import { wrapListener } from '../../../lambda/pages/listener';
import type { ServerOptions } from '../../../lambda/pages/options';
import { allRows } from '../core/page-cache-world';
import { type ListeningServer, listenHttp } from '../../support/listening-servers';
import { ask as askRaw, cacheStatus, type RawAnswer } from '../../support/raw-http';
import { siteUnderTest, type SiteUnderTest } from './site-under-test';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Served extends SiteUnderTest {
  readonly ask: (
    target: string,
    headers?: Record<string, string>,
    method?: string,
    body?: string,
  ) => Promise<RawAnswer>;
  readonly address: string;
}

async function serve(listener: RequestListener, site: SiteUnderTest): Promise<Served> {
  const server: ListeningServer = await listenHttp(listener);
  stops.push(() => server.close());
  return { ...site, address: server.address, ask: (...request) => askRaw(server.address, ...request) };
}

/** A plain application behind the page cache. */
function servePlain(listener: RequestListener, options: ServerOptions = {}, site = siteUnderTest()): Promise<Served> {
  return serve(wrapListener(site, listener, options), site);
}

/** An application that counts what it answers, and says which host and address it was asked by. */
function counting(headers: Record<string, string | string[]> = {}): RequestListener & { readonly seen: string[] } {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(JSON.stringify([request.url, request.headers, request.socket.remoteAddress]));
    response.writeHead(200, { 'Content-Type': 'text/plain', ...headers }).end(`rendering ${seen.length}`);
  };
  return Object.assign(listener, { seen });
}

/** The ways in which an application gets the page cache. */
const WAYS: [
  string,
  (site: SiteUnderTest, app: RequestListener, options?: ServerOptions) => Promise<RequestListener>,
][] = [
  ['a plain server', async (site, app, options = {}) => Promise.resolve(wrapListener(site, app, options))],
  [
    'Express with a middleware',
    async (site, app, options = {}) => {
      const inner = express();
      inner.use(expressMiddleware(site, options), app);
      const outer: Express = express();
      outer.use(inner);
      return Promise.resolve(outer);
    },
  ],
  [
    'Express as a whole',
    async (site, app, options = {}) => Promise.resolve(wrapListener(site, express().use(app) as Express, options)),
  ],
  [
    'Fastify',
    async (site, app, options = {}) => {
      let wrapped: RequestListener | undefined;
      const server = fastify({
        serverFactory: (handler) => {
          wrapped = wrapListener(site, handler, options);
          return createServer(wrapped);
        },
      });
      server.all('/*', (request, reply) => {
        reply.hijack();
        app(request.raw, reply.raw);
      });
      await server.ready();
      stops.push(() => server.close());
      return wrapped as RequestListener;
    },
  ],
];

describe.each(WAYS)('%s', (_, way) => {
  async function start(app: RequestListener, options: ServerOptions = {}, site = siteUnderTest()): Promise<Served> {
    return serve(await way(site, app, options), site);
  }

  test('renders a page once, stores it, and answers it to everybody', async () => {
    const app = counting();
    const { ask, world } = await start(app);
    const first = await ask('/list?b=2&a=1&utm_source=x', { 'User-Agent': 'one' });
    const second = await ask('/list?a=1&b=2', { 'User-Agent': 'two' });
    expect([cacheStatus(first), cacheStatus(second)]).toEqual(['fwd=uri-miss; stored', 'hit']);
    expect([first.body, second.body, app.seen.length]).toEqual(['rendering 1', 'rendering 1', 1]);
    expect(await allRows(world.index)).toMatchObject([{ scheme: 'http', path: '/list', query: 'a=1&b=2' }]);
  });

  test('renders with nothing of a visitor', async () => {
    const app = counting();
    const { ask } = await start(app);
    await ask('/list', {
      'User-Agent': 'canary',
      Cookie: '_ga=canary',
      'X-Secret': 'canary',
      Referer: 'http://canary/',
    });
    expect(app.seen).toHaveLength(1);
    expect(app.seen[0]).not.toContain('canary');
    expect(app.seen[0]).not.toContain('127.0.0.1');
    expect(app.seen[0]).toContain('192.31.196.1');
  });

  test('answers the whole request of who may not have a page for everybody', async () => {
    const app = counting();
    const { ask, world } = await start(app);
    const own = await ask('/list', { Cookie: 'session=1', 'X-Mine': 'mine' });
    expect([cacheStatus(own), own.body]).toEqual(['fwd=bypass; detail=cookie', 'rendering 1']);
    expect(app.seen[0]).toContain('mine');
    const posted = await ask('/list', { 'Content-Length': '5', 'Content-Type': 'text/plain' }, 'POST', 'hello');
    expect([cacheStatus(posted), posted.body]).toEqual(['fwd=method', 'rendering 2']);
    expect(await allRows(world.index)).toEqual([]);
  });

  test('answers the whole request where a page may not be stored, and does not render for everybody again for a while', async () => {
    const app = counting({ 'Cache-Control': 'private' });
    const { ask } = await start(app);
    const first = await ask('/list', { 'X-Mine': 'mine' });
    expect([cacheStatus(first), first.body]).toEqual(['fwd=uri-miss; detail=private', 'rendering 2']);
    expect(app.seen[1]).toContain('mine');
    expect((await ask('/list')).body).toBe('rendering 3');
  });

  test('says tags and time for its pages', async () => {
    const { ask, world } = await start(counting(), { ttl: 300, tags: ['news'] });
    await ask('/list');
    const until = world.clock.ms / 1000 + 300;
    expect(await allRows(world.index)).toMatchObject([{ tags: ['news'], storedUntil: until }]);
  });

  test('says them to the site, too, which stores by itself', async () => {
    const app = counting({ 'Surrogate-Key': 'front' });
    const { ask, world } = await start(app, { ttl: 300, tags: ['news'] });
    const answer = await ask('/list', {
      'CDN-Loop': 'nginx-memcache-site; site=test',
      'X-Forwarded-For': '192.31.196.1',
    });
    expect(answer.headers).toMatchObject({ 'surrogate-key': 'front news', 'cdn-cache-control': 'max-age=300' });
    expect(answer.headers['cache-status']).toBeUndefined();
    expect([app.seen.length, await allRows(world.index)]).toEqual([1, []]);
  });

  test('joins simultaneous requests in one rendering', async () => {
    const app = counting();
    const { ask } = await start(app);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('/list')));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['rendering 1']));
    expect(app.seen).toHaveLength(1);
  });
});

describe('what an application sets before the page cache', () => {
  test('is in the page, once, and not in that of this request', async () => {
    let asked = 0;
    const site = siteUnderTest();
    const app = express();
    app.use((_, response, next) => {
      asked += 1;
      response.setHeader('X-Nonce', `nonce ${asked}`);
      next();
    });
    app.get('/list', expressMiddleware(site, {}), (_, response) => void response.send(`${asked}`));
    const { ask } = await serve(app, site);
    // The visitor's own way there is the first, the rendering's the second.
    expect([(await ask('/list')).headers['x-nonce'], (await ask('/list')).headers['x-nonce']]).toEqual([
      'nonce 2',
      'nonce 2',
    ]);
  });

  test('is not seen by a rendering when it is kept for the request alone', async () => {
    const visitors = new AsyncLocalStorage<string>();
    const site = siteUnderTest();
    const wrapped = wrapListener(site, (_, response) => void response.end(`visitor: ${visitors.getStore()}`), {});
    const { ask } = await serve((request, response) => visitors.run('canary', () => wrapped(request, response)), site);
    expect((await ask('/list')).body).toBe('visitor: undefined');
  });
});

describe.each<[string, (site: SiteUnderTest) => Express]>([
  ['inside', (site) => express().use(expressMiddleware(site, {}), compression({ threshold: 0 }))],
  ['outside', (site) => express().use(compression({ threshold: 0 }), expressMiddleware(site, {}))],
])('an application that compresses %s of the page cache', (_, make) => {
  const text = 'the same words again '.repeat(100);

  test('gives everybody what they take, from a page and past it', async () => {
    const site = siteUnderTest();
    const app = make(site).get('/*path', (_request, response) => void response.type('text/plain').send(text));
    const { ask } = await serve(app, site);
    const taken = async (headers: Record<string, string>) => {
      const answer = await ask('/list', headers);
      const body = Buffer.from(answer.body, 'latin1');
      const isZipped = answer.headers['content-encoding'] === 'gzip';
      return [cacheStatus(answer), isZipped, (isZipped ? gunzipSync(body) : body).toString() === text];
    };
    const zipped = { 'Accept-Encoding': 'gzip' };
    const own = { Cookie: 'session=1' };
    expect(await taken(zipped)).toEqual(['fwd=uri-miss; stored', true, true]);
    expect(await taken(zipped)).toEqual(['hit', true, true]);
    expect(await taken({})).toEqual(['hit', false, true]);
    expect(await taken({ ...zipped, ...own })).toEqual(['fwd=bypass; detail=cookie', true, true]);
    expect(await taken(own)).toEqual(['fwd=bypass; detail=cookie', false, true]);
  });

  test('has who has the page told so', async () => {
    const site = siteUnderTest();
    const app = make(site).get('/*path', (_request, response) => void response.type('text/plain').send(text));
    const { ask } = await serve(app, site);
    const { etag } = (await ask('/list', { 'Accept-Encoding': 'gzip' })).headers;
    const again = await ask('/list', { 'Accept-Encoding': 'gzip', 'If-None-Match': String(etag) });
    expect([again.status, again.body]).toEqual([304, '']);
  });
});

describe('an application that answers in another way than at once', () => {
  test('in pieces, is stored whole', async () => {
    const { ask } = await servePlain((_, response) => {
      response.write('one ');
      setImmediate(() => response.end('two'));
    });
    expect((await ask('/list')).body).toBe('one two');
    const hit = await ask('/list');
    expect([cacheStatus(hit), hit.body]).toEqual(['hit', 'one two']);
  });

  test('with early hints and flushed headers, is stored', async () => {
    const { ask } = await servePlain((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.flushHeaders();
      response.end('page');
    });
    await ask('/list');
    expect((await ask('/list')).body).toBe('page');
  });

  test('in gzip, is stored so, and expanded for who does not take it', async () => {
    const text = 'the same words again '.repeat(100);
    const { ask } = await servePlain((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' }).end(gzipSync(text));
    });
    expect((await ask('/list', { 'Accept-Encoding': 'gzip' })).headers['content-encoding']).toBe('gzip');
    const plain = await ask('/list');
    expect([cacheStatus(plain), plain.headers['content-encoding'], plain.body]).toEqual(['hit', undefined, text]);
  });

  test.each<[string, Record<string, string>]>([
    ['events', { 'Content-Type': 'text/event-stream' }],
    ['what is not to be buffered', { 'X-Accel-Buffering': 'no' }],
    ['what has no lifetime', { 'Cache-Control': 'no-store' }],
  ])('with %s that never end, has its visitor get each piece when it comes', async (_, headers) => {
    let gone = 0;
    const { address } = await servePlain((_, response) => {
      response.writeHead(200, headers).write('first');
      response.once('close', () => (gone += 1));
    });
    const outgoing = httpRequest(`http://${address}/events`, { headers: { Host: 'www.example.com' } }).end();
    const [incoming] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
    const [piece] = (await once(incoming, 'data')) as [Buffer];
    expect(piece.toString()).toBe('first');
    // That of the rendering was ended, that of the visitor is open.
    expect(gone).toBe(1);
    outgoing.destroy();
  });

  test('with more than a page may have, has its visitor get all of it', async () => {
    const site = siteUnderTest({ limits: { pageSize: 1024 } });
    const large = 'x'.repeat(100_000);
    const { ask, world } = await servePlain((_, response) => void response.end(large), {}, site);
    const answer = await ask('/list');
    expect([cacheStatus(answer), answer.body]).toEqual(['fwd=uri-miss; detail=too-large', large]);
    expect(await allRows(world.index)).toEqual([]);
  });

  test('with half of it and no end, has its visitor get the same half', async () => {
    let answered = 0;
    const { ask, world } = await servePlain((_, response) => {
      answered += 1;
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const { body } = await ask('/list');
    expect([body, answered, await allRows(world.index)]).toEqual(['half', 2, []]);
  });

  test('too late, has its visitor’s own request answered, and the rendering ended', async () => {
    const site = siteUnderTest();
    let late: () => void = () => undefined;
    Object.assign(site.world, { wait: () => new Promise<void>((resolve) => (late = resolve)) });
    let ended: Promise<unknown> | undefined;
    const { ask, world } = await servePlain(
      (request, response) => {
        if (request.headers['x-mine'] !== undefined) {
          response.end('mine');
          return;
        }
        ended = new Promise((resolve) => response.once('close', resolve));
        late();
      },
      {},
      site,
    );
    const answer = await ask('/list', { 'X-Mine': 'mine' });
    expect([cacheStatus(answer), answer.body]).toEqual(['fwd=uri-miss; detail=late', 'mine']);
    await ended;
    expect(await allRows(world.index)).toEqual([]);
  });

  test('with an error, has it answered, and nothing stored', async () => {
    const { ask, world } = await servePlain((_, response) => void response.writeHead(503).end('sorry'));
    const answer = await ask('/list');
    expect([answer.status, answer.body, await allRows(world.index)]).toEqual([503, 'sorry', []]);
  });
});

describe('the scheme', () => {
  const https = { 'X-Forwarded-Proto': 'https' };

  test('of a visitor whom somebody names in front is not known, and nothing is stored', async () => {
    const { ask, world } = await servePlain(counting());
    expect(cacheStatus(await ask('/list', https))).toBe('fwd=bypass; detail=forwarded');
    expect(await allRows(world.index)).toEqual([]);
  });

  test('is what the load balancer says where there is one, and its address is that of the rendering', async () => {
    const app = counting();
    const { ask, world } = await servePlain(app, { behindLoadBalancer: true });
    expect(cacheStatus(await ask('/list', https))).toBe('fwd=uri-miss; stored');
    expect(await allRows(world.index)).toMatchObject([{ scheme: 'https' }]);
    expect(app.seen[0]).toContain('"x-forwarded-proto":"https"');
    expect(app.seen[0]).toContain('127.0.0.1');
  });
});

describe('attacks', () => {
  test.each<[string, Record<string, string>]>([
    ['the writer’s own headers', { 'X-Nms-Key': 'test:1.00000000:0', 'X-Nms-Scheme': 'https', 'X-Nms-Variants': '' }],
    ['a host for applications behind proxies', { 'X-Forwarded-Host': 'evil.example' }],
    ['another URL for applications behind proxies', { 'X-Original-URL': '/evil', 'X-Rewrite-Url': '/evil' }],
    ['a key of the cookies', { Cookie: '_ga=1; session=evil' }],
    ['a language that is not declared', { 'Accept-Language': 'evil' }],
    ['hop-by-hop headers', { Connection: 'close, X-Evil', 'X-Evil': 'evil' }],
  ])('with %s leave no trace in what others get', async (_, headers) => {
    const app: RequestListener = (request, response) =>
      void response.end(JSON.stringify([request.url, request.headers]));
    const { ask } = await servePlain(app);
    await ask('/list', headers);
    const innocent = await ask('/list');
    expect(innocent.body).not.toMatch(/evil|x-nms|x-forwarded-host/i);
    expect(innocent.body).toContain('www.example.com');
  });

  test('by a page that varies by what the key does not cover store nothing', async () => {
    const { ask, world } = await servePlain(counting({ Vary: 'Accept-Language' }));
    expect(cacheStatus(await ask('/list'))).toBe('fwd=uri-miss; detail=vary');
    expect(await allRows(world.index)).toEqual([]);
  });
});

test('one page for both schemes is rendered as by https, whoever asks first', async () => {
  const site = siteUnderTest({ key: { scheme: 'same' } });
  const { ask } = await servePlain(
    ({ headers, socket }, response) => {
      response.end(JSON.stringify([headers['x-forwarded-proto'], 'encrypted' in socket && socket.encrypted]));
    },
    {},
    site,
  );
  expect((await ask('/list')).body).toBe('["https",true]');
});

describe('of two page caches, one for all and one for a route,', () => {
  async function start(headers: Record<string, string>) {
    const site = siteUnderTest();
    const app = express();
    let asked = 0;
    app.use(expressMiddleware(site, { ttl: 60, tags: ['all'] }));
    app.get('/list', expressMiddleware(site, { ttl: 300, tags: ['list'] }), (_, response) => {
      asked += 1;
      response.set(headers).send(`rendering ${asked}`);
    });
    return { ...(await serve(app, site)), asked: () => asked };
  }

  test('both say their tags, and the inner one the time', async () => {
    const { ask, world } = await start({});
    await ask('/list');
    const [row] = await allRows(world.index);
    expect([new Set(row?.tags), row?.storedUntil]).toEqual([new Set(['all', 'list']), world.clock.ms / 1000 + 300]);
  });

  test('one looks: nothing is rendered twice for everybody', async () => {
    const { ask, world, asked } = await start({ 'Cache-Control': 'private' });
    const looks = jest.spyOn(world.pages, 'get');
    expect((await ask('/list')).body).toBe('rendering 2');
    expect([asked(), looks.mock.calls.length]).toEqual([2, 1]);
  });
});

test('a middleware that is not in Express says so', async () => {
  const site = siteUnderTest();
  const middleware = expressMiddleware(site, {});
  const { ask } = await serve((request, response) => {
    middleware(request, response, (error) => void response.end(String(error)));
  }, site);
  expect((await ask('/list')).body).toContain('wrap the listeners of other servers with withPageCache()');
});
