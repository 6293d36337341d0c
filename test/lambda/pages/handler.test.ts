import type { ALBEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { gunzipSync } from 'node:zlib';
import type { SiteConfigInput } from '../../../lib/site/site-config';
import { purge } from '../../../lambda/core/purge';
import { checkHandler, wrapHandler } from '../../../lambda/pages/handler';
import type { PageOptions } from '../../../lambda/pages/options';
import { allRows } from '../core/page-cache-world';
import { albEvent, type EventOptions, multiAlbEvent, urlEvent } from './events';
import { siteUnderTest } from './site-under-test';

type AnyEvent = ALBEvent | APIGatewayProxyEventV2;
interface AnyResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>;
  readonly cookies?: string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const SHAPES: [string, (options?: EventOptions) => AnyEvent][] = [
  ['a load balancer', albEvent],
  ['a load balancer that tells all values', multiAlbEvent],
  ['a function URL', urlEvent],
];

/** A handler behind the page cache, which remembers what it was given. */
function wrap(
  answer: Partial<AnyResult> | ((event: AnyEvent) => unknown) = {},
  options: PageOptions = {},
  config: Partial<SiteConfigInput> = {},
) {
  const site = siteUnderTest(config);
  const seen: AnyEvent[] = [];
  const handler = (event: AnyEvent) => {
    seen.push(event);
    const given =
      typeof answer === 'function'
        ? answer(event)
        : { statusCode: 200, body: `rendering ${seen.length}`, ...withHeaders(event, answer) };
    return Promise.resolve(given as AnyResult);
  };
  const wrapped = wrapHandler<AnyEvent, unknown, Promise<AnyResult>>(site, handler, options);
  return { ...site, seen, ask: (event: AnyEvent, context: unknown = {}) => wrapped(event, context) };
}

/** Headers where the event's shape wants them. */
function withHeaders(event: AnyEvent, { headers = {}, ...answer }: Partial<AnyResult>): Partial<AnyResult> {
  const all = { 'Content-Type': 'text/plain', ...headers };
  return 'multiValueHeaders' in event
    ? { ...answer, multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])) }
    : { ...answer, headers: all };
}

function header({ headers = {}, multiValueHeaders = {} }: AnyResult, name: string): string | undefined {
  const all = { ...headers, ...multiValueHeaders };
  return Object.entries(all)
    .find(([key]) => key.toLowerCase() === name)?.[1]
    ?.toString();
}
const status = (result: AnyResult) => header(result, 'cache-status')?.replace('nginx-memcache-site; ', '');
const bodyOf = ({ body = '', isBase64Encoded }: AnyResult) =>
  Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8').toString();

describe.each(SHAPES)('behind %s', (shape, event) => {
  test('a page is rendered once, stored, and answered to everybody', async () => {
    const { ask, seen, world } = wrap();
    const first = await ask(event({ query: 'b=2&a=1&utm_source=x' }));
    const second = await ask(event({ query: 'a=1&b=2', headers: { 'user-agent': 'another' } }));
    expect([status(first), status(second)]).toEqual(['fwd=uri-miss; stored', 'hit']);
    expect([bodyOf(first), bodyOf(second), seen.length]).toEqual(['rendering 1', 'rendering 1', 1]);
    expect(header(second, 'content-type')).toBe('text/plain');
    expect(await allRows(world.index)).toMatchObject([
      { scheme: 'https', host: 'www.example.com', path: '/list', query: 'a=1&b=2' },
    ]);
  });

  test('nothing of a visitor reaches the rendering', async () => {
    const { ask, seen } = wrap();
    await ask(
      event({
        query: 'a=1',
        headers: { 'x-secret': 'canary', referer: 'https://canary.example', cookie: '_ga=canary' },
      }),
    );
    expect(JSON.stringify(seen)).not.toContain('canary');
    expect(JSON.stringify(seen)).not.toContain('72.12.164.125');
    expect(JSON.stringify(seen)).not.toContain('Firefox');
    expect(JSON.stringify(seen)).not.toContain('Root=1');
  });

  test('what is not for everybody is answered to the visitor’s own, whole event, and a note saves the second rendering', async () => {
    const { ask, seen } = wrap({ headers: { 'Cache-Control': 'private' } });
    const own = event({ headers: { 'x-mine': 'mine' } });
    const first = await ask(own);
    expect([status(first), seen.length, seen[1]]).toEqual(['fwd=uri-miss; detail=private', 2, own]);
    const second = await ask(own);
    expect([status(second), seen.length, seen[2]]).toEqual(['fwd=uri-miss; detail=private', 3, own]);
    expect(bodyOf(second)).toBe('rendering 3');
  });

  test.each<[string, string, EventOptions]>([
    ['an unknown cookie', 'fwd=bypass; detail=cookie', { headers: { cookie: 'session=1' } }],
    ['a login', 'fwd=bypass; detail=authorization', { headers: { authorization: 'Basic eDp5' } }],
    ['a range', 'fwd=bypass; detail=range', { headers: { range: 'bytes=0-1' } }],
    ['another method', 'fwd=method', { method: 'POST' }],
    ['a body', 'fwd=bypass; detail=body', { body: 'x' }],
    ['a host that a proxy names', 'fwd=bypass; detail=forwarded', { headers: { 'x-forwarded-host': 'evil.example' } }],
    ['a condition that may fail', 'fwd=bypass; detail=precondition', { headers: { 'if-match': '"a"' } }],
    ['an odd path', 'fwd=bypass; detail=path', { path: '//list' }],
    ['a health check', 'fwd=bypass; detail=health-check', { headers: { 'user-agent': 'ELB-HealthChecker/2.0' } }],
  ])('%s makes a request its visitor’s own', async (_, expected, options) => {
    const { ask, seen, world } = wrap();
    const own = event(options);
    expect(status(await ask(own))).toBe(expected);
    expect(seen).toEqual([own]);
    expect(await allRows(world.index)).toEqual([]);
  });

  test('the site itself is answered without a look at the store, with the tags and the time that the options say', async () => {
    const { ask, seen, world } = wrap({}, { ttl: 300, tags: ({ path }) => ['news', path] });
    const asked = event({
      headers: {
        'cdn-loop': 'nginx-memcache-site; site=test',
        'x-forwarded-for': '192.31.196.1',
        'user-agent': 'nginx-memcache-site',
      },
    });
    const result = await ask(asked);
    expect(seen).toEqual([asked]);
    expect([header(result, 'surrogate-key'), header(result, 'cdn-cache-control')]).toEqual([
      'news /list',
      'max-age=300',
    ]);
    expect(header(result, 'cache-status')).toBeUndefined();
    expect(await allRows(world.index)).toEqual([]);
  });

  test('a purge by a tag of the options removes a page, and its time is that of the options', async () => {
    const { ask, seen, world } = wrap({}, { ttl: 300, tags: ['news'] });
    await ask(event());
    expect(await allRows(world.index)).toMatchObject([{ tags: ['news'], storedUntil: world.clock.ms / 1000 + 300 }]);
    await purge({ selectors: [{ kind: 'tag', tag: 'news' }], pages: [], mode: 'delete', dryRun: false }, world);
    expect(status(await ask(event()))).toBe('fwd=uri-miss; stored');
    expect(seen).toHaveLength(2);
  });

  test('what a response says of its time counts before the options', async () => {
    const { ask, world } = wrap({ headers: { 'Cache-Control': 'max-age=7' } }, { ttl: 300 });
    await ask(event());
    expect(await allRows(world.index)).toMatchObject([{ storedUntil: world.clock.ms / 1000 + 7 }]);
  });

  test('a handler that throws, throws to whoever asked', async () => {
    const { ask, seen } = wrap(() => {
      throw new Error('broken on purpose');
    });
    await expect(ask(event())).rejects.toThrow('broken on purpose');
    expect(seen).toHaveLength(2);
  });

  test('HEAD is answered from the page, without its body', async () => {
    const { ask, seen } = wrap();
    const head = await ask(event({ method: 'HEAD' }));
    expect([status(head), head.statusCode, head.body]).toEqual(['fwd=uri-miss; stored', 200, '']);
    expect(bodyOf(await ask(event()))).toBe('rendering 1');
    expect(seen).toHaveLength(1);
  });

  test('who has the page already is told so', async () => {
    const { ask } = wrap({ headers: { ETag: '"v1"' } });
    await ask(event());
    const result = await ask(event({ headers: { 'if-none-match': '"v1"' } }));
    expect([result.statusCode, result.body, header(result, 'etag')]).toEqual([304, '', '"v1"']);
  });

  test('a page in gzip is expanded for who does not take it', async () => {
    const text = 'the same words again '.repeat(100);
    const { ask } = wrap({ body: text });
    const zipped = await ask(event());
    const plain = await ask(event({ headers: { 'accept-encoding': 'identity' } }));
    expect(header(zipped, 'content-encoding')).toBe('gzip');
    expect(gunzipSync(Buffer.from(String(zipped.body), 'base64')).toString()).toBe(text);
    expect([header(plain, 'content-encoding'), bodyOf(plain)]).toEqual([undefined, text]);
  });

  test('a page that is larger than the answer may be is rendered for the visitor', async () => {
    const large = Array.from({ length: 450_000 }, (_, i) => Math.imul(i, 2654435761) >>> 0).join('');
    const { ask, seen } = wrap(
      { body: large, headers: { 'Content-Type': 'application/octet-stream' } },
      {},
      {
        limits: { pageSize: 8 * 1024 * 1024 },
      },
    );
    await ask(event());
    const again = await ask(event());
    const tooLarge = shape !== 'a function URL';
    expect([status(again), bodyOf(again) === large, seen.length]).toEqual([
      tooLarge ? 'fwd=bypass; detail=too-large' : 'hit',
      true,
      tooLarge ? 3 : 1,
    ]);
  });

  test('a harmless cookie of the options is no visitor’s own', async () => {
    const { ask } = wrap({}, { harmlessCookies: ['ab_*'] });
    await ask(event());
    expect(status(await ask(event({ headers: { cookie: 'ab_test=1' } })))).toBe('hit');
  });

  test('a page is stored under the host of the options', async () => {
    const { ask, world, seen } = wrap({}, { host: 'shop.example.com' }, { hosts: ['shop.example.com'] });
    expect(status(await ask(event({ headers: { 'x-forwarded-host': 'shop.example.com' } })))).toBe(
      'fwd=uri-miss; stored',
    );
    expect(await allRows(world.index)).toMatchObject([{ host: 'shop.example.com' }]);
    expect(JSON.stringify(seen)).toContain('shop.example.com');
    expect(JSON.stringify(seen)).not.toContain('www.example.com');
  });
});

test.each(SHAPES)('a cookie that is set keeps a page from being stored: behind %s', async (_, event) => {
  const { ask, world } = wrap((asked) => {
    if ('version' in asked) return { statusCode: 200, body: '', cookies: ['a=1'] };
    return 'multiValueHeaders' in asked
      ? { statusCode: 200, body: '', multiValueHeaders: { 'Set-Cookie': ['a=1'] } }
      : { statusCode: 200, body: '', headers: { 'Set-Cookie': 'a=1' } };
  });
  expect(status(await ask(event()))).toBe('fwd=uri-miss; detail=set-cookie');
  expect(await allRows(world.index)).toEqual([]);
});

describe('a rendering gets an event like every other', () => {
  const theme = { name: 'theme', source: 'cookie' as const, field: 'theme', values: ['light', 'dark'] };
  const options = { query: 'b=%26&a=1&a=2', headers: { cookie: 'theme=dark; _ga=1' } };
  const config = { key: { variants: [theme] } };

  test('of a load balancer', async () => {
    const { ask, seen } = wrap({}, {}, config);
    await ask(multiAlbEvent(options));
    expect(seen).toEqual([
      {
        requestContext: multiAlbEvent().requestContext,
        httpMethod: 'GET',
        path: '/list',
        multiValueQueryStringParameters: { a: ['1', '2'], b: ['%26'] },
        multiValueHeaders: {
          host: ['www.example.com'],
          'user-agent': ['nginx-memcache-site'],
          'accept-encoding': ['gzip'],
          'x-forwarded-proto': ['https'],
          'x-forwarded-for': ['192.31.196.1'],
          'cdn-loop': ['nginx-memcache-site; site=test'],
          cookie: ['theme=dark'],
        },
        body: '',
        isBase64Encoded: false,
      },
    ]);
  });

  test('of a function URL', async () => {
    const { ask, seen } = wrap({}, {}, config);
    await ask(urlEvent(options));
    const { requestContext } = urlEvent();
    expect(seen).toEqual([
      {
        version: '2.0',
        routeKey: '$default',
        rawPath: '/list',
        rawQueryString: 'a=1&a=2&b=%26',
        cookies: ['theme=dark'],
        headers: {
          host: 'www.example.com',
          'user-agent': 'nginx-memcache-site',
          'accept-encoding': 'gzip',
          'x-forwarded-proto': 'https',
          'x-forwarded-for': '192.31.196.1',
          'cdn-loop': 'nginx-memcache-site; site=test',
        },
        queryStringParameters: { a: '1,2', b: '&' },
        requestContext: {
          ...requestContext,
          http: { ...requestContext.http, sourceIp: '192.31.196.1', userAgent: 'nginx-memcache-site' },
        },
        isBase64Encoded: false,
      },
    ]);
  });
});

describe('of HTTP APIs', () => {
  const api = (changes: object, context: object = {}): APIGatewayProxyEventV2 => {
    const event = urlEvent();
    return { ...event, ...changes, requestContext: { ...event.requestContext, ...context } };
  };
  test.each<[string, string, APIGatewayProxyEventV2]>([
    ['with an authorizer', 'authorization', api({}, { authorizer: { jwt: { claims: { sub: 'me' }, scopes: [] } } })],
    ['with a client certificate', 'authorization', api({}, { authentication: { clientCert: { subjectDN: 'me' } } })],
    ['with a route', 'route', api({ routeKey: 'GET /{page}', pathParameters: { page: 'list' } })],
    ['with a decoded path', 'path', api({ rawPath: '/100%25' })],
    ['with a question in the path', 'path', api({ rawPath: '/a?b' })],
  ])('a request %s is its visitor’s own', async (_, reason, event) => {
    const { ask, seen } = wrap();
    expect(status(await ask(event))).toBe(`fwd=bypass; detail=${reason}`);
    expect(seen).toEqual([event]);
  });

  test.each<[string, unknown]>([
    ['a status as a text and a cookie', { statusCode: '200', body: 'mine', cookies: ['session=1'] }],
    ['a status that is none', { statusCode: 'OK', body: 'mine' }],
    ['nothing', undefined],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
  ])('a result with %s is never a page', async (_, result) => {
    const { ask, seen, world } = wrap(() => result);
    await ask(urlEvent());
    expect([seen.length, await allRows(world.index)]).toEqual([2, []]);
  });

  test('a result without a status is what AWS takes it for', async () => {
    const { ask } = wrap(() => ({ hello: 'world' }));
    await ask(urlEvent());
    const found = await ask(urlEvent());
    expect([status(found), found.statusCode, bodyOf(found)]).toEqual(['hit', 200, '{"hello":"world"}']);
    expect(header(found, 'content-type')).toBe('application/json');
  });
});

test('an event that is no request goes to the handler as it is, and its answer back', async () => {
  const { ask, seen } = wrap(() => 'done');
  const event = { source: 'aws.events' } as never;
  expect(await ask(event)).toBe('done');
  expect(seen).toEqual([event]);
});

test('a rendering that is too late to be stored is answered all the same, and is not begun again', async () => {
  const { ask, seen, world } = wrap();
  let asked = 0;
  Object.assign(world, { wait: () => ((asked += 1), Promise.resolve()) });
  const result = await ask(albEvent());
  expect([status(result), bodyOf(result), seen.length, asked]).toEqual([
    'fwd=uri-miss; detail=late',
    'rendering 1',
    1,
    1,
  ]);
  expect(await allRows(world.index)).toEqual([]);
});

test('half of a function’s time is for the visitor’s own request', async () => {
  const { ask, world } = wrap();
  const waited: number[] = [];
  const { wait } = world;
  Object.assign(world, { wait: (...args: Parameters<typeof wait>) => (waited.push(args[0]), wait(...args)) });
  await ask(albEvent(), { getRemainingTimeInMillis: () => 3000 });
  expect(waited).toEqual([1500]);
});

test('while the store does not answer, the handler answers', async () => {
  const { ask, seen, world } = wrap();
  await ask(albEvent());
  world.pages.nodes.forEach((node) => world.pages.setReachable(node, false));
  const own = albEvent();
  expect(status(await ask(own))).toBe('fwd=uri-miss; detail=store-unreachable');
  expect(seen[1]).toEqual(own);
});

test('fails for a handler whose answers are streamed, and for what is none', () => {
  const streaming = Object.assign(() => undefined, {
    [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response',
  });
  expect(() => checkHandler(streaming)).toThrow('streamifyResponse');
  expect(() => checkHandler({})).toThrow('cachePage() wraps a handler, got object');
});

test('a handler is not told that somebody puts fragments in: nobody would', async () => {
  const { ask, seen } = wrap({}, {}, { fragments: { cachedPaths: ['/fragments'] } });
  await ask(albEvent());
  expect(Object.keys(seen[0]?.headers ?? {}).map((name) => name.toLowerCase())).not.toContain('surrogate-capability');
});
