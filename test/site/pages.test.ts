import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import fastify from 'fastify';
import type {
  cachePage as CachePage,
  pageCache as PageCacheOf,
  withPageCache as WithPageCache,
} from '../../lambda/pages';
import { type ListeningServer, listenHttp } from '../support/listening-servers';
import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { albEvent, urlEvent } from '../lambda/pages/events';

interface Result {
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

interface Pages {
  readonly cachePage: typeof CachePage;
  readonly pageCache: typeof PageCacheOf;
  readonly withPageCache: typeof WithPageCache;
}

let site: TestSite;
let pages: Pages;
const stops: (() => Promise<unknown>)[] = [];

/** What users import, in the environment that a site gives its programs. */
beforeAll(async () => {
  site = await startTestSite();
  Object.assign(process.env, site.environment);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  pages = require(join(__dirname, '..', '..', 'assets', 'pages')) as Pages;
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await site?.stop();
});

async function serve(listener: RequestListener): Promise<string> {
  const server: ListeningServer = await listenHttp(listener);
  stops.push(() => server.close());
  return server.address;
}

const purge = async (request: object) => {
  const response = await fetch(`${site.lambdaUrl}/2015-03-31/functions/purge/invocations`, {
    method: 'POST',
    body: JSON.stringify(request),
  });
  return (await response.json()) as { purged?: boolean };
};

let renderings = 0;

/** Each way in which users give an application the page cache; every page says which rendering it is. */
const APPLICATIONS: [string, () => Promise<RequestListener>][] = [
  [
    'a plain server',
    () =>
      Promise.resolve(
        pages.withPageCache((_, response) => void response.end(`rendering ${(renderings += 1)}`), {
          ttl: 60,
          tags: ['plain'],
        }),
      ),
  ],
  [
    'Express',
    () => {
      const app = express();
      app.use(pages.pageCache({ ttl: 60, tags: ['plain'] }));
      app.get('/*path', (_, response) => void response.send(`rendering ${(renderings += 1)}`));
      return Promise.resolve(app);
    },
  ],
  [
    'Fastify',
    async () => {
      let wrapped: RequestListener | undefined;
      const app = fastify({
        serverFactory: (handler) =>
          createServer((wrapped = pages.withPageCache(handler, { ttl: 60, tags: ['plain'] }))),
      });
      app.get('/*', () => `rendering ${(renderings += 1)}`);
      await app.ready();
      stops.push(() => app.close());
      return wrapped as RequestListener;
    },
  ],
];

describe.each(APPLICATIONS)('%s, asked by visitors', (name, make) => {
  test('stores pages in Memcached, renders once for 50 at once, and a purge by tag removes them', async () => {
    const address = await serve(await make());
    let target = `/${name.replaceAll(' ', '-').toLowerCase()}`;
    let answers: RawAnswer[];
    // On a busy machine the stand-in may be too late, and then nothing is stored or shared.
    do {
      target += '-again';
      renderings = 0;
      answers = await Promise.all(Array.from({ length: 50 }, () => ask(address, target)));
    } while (answers.some((answer) => cacheStatus(answer).includes('unreachable')));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['rendering 1']));
    expect((await askUntilHit(address, target)).body).toBe('rendering 1');
    expect(await purge({ tags: ['plain'] })).toMatchObject({ purged: true });
    expect((await ask(address, target)).body).toBe('rendering 2');
  });

  test('keeps what is its visitors’ own to itself', async () => {
    const address = await serve(await make());
    const target = `/own-${name.replaceAll(' ', '-').toLowerCase()}`;
    const own = await ask(address, target, { Cookie: 'session=1' });
    expect(cacheStatus(own)).toBe('fwd=bypass; detail=cookie');
    expect((await askUntilHit(address, target)).body).not.toBe(own.body);
  });
});

test('the pages of a program and those of nginx are the same where the host is', async () => {
  const listener = pages.withPageCache((_, response) => void response.end(`rendering ${(renderings += 1)}`), {
    ttl: 60,
  });
  const address = await serve(listener);
  site.origin.on('/from-nginx', listener);
  const { body: ofProgram } = await askUntilHit(address, '/from-program?b=1&a=2');
  expect((await askUntilHit(site.address, '/from-program?a=2&b=1')).body).toBe(ofProgram);
  const { body: ofNginx } = await askUntilHit(site.address, '/from-nginx');
  expect((await askUntilHit(address, '/from-nginx')).body).toBe(ofNginx);
});

describe.each(APPLICATIONS)('%s behind nginx', (name, make) => {
  test('has its pages stored by the site, with the tags and the time that it says', async () => {
    const listener = await make();
    const target = `/behind-${name.replaceAll(' ', '-').toLowerCase()}`;
    site.origin.on(target, listener);
    const first = await ask(site.address, target);
    expect(cacheStatus(first)).toBe('fwd=uri-miss; stored');
    expect((await askUntilHit(site.address, target)).body).toBe(first.body);
    expect(await purge({ tags: ['plain'] })).toMatchObject({ purged: true });
    const again = await ask(site.address, target);
    expect([cacheStatus(again), again.body]).not.toEqual(['hit', first.body]);
    // Past the cache, too, every answer is the application's own.
    expect(cacheStatus(await ask(site.address, target, { Cookie: 'session=1' }))).toBe('fwd=bypass; detail=cookie');
  });

  test('is asked again by a purge that refreshes, and not what it had stored itself', async () => {
    const listener = await make();
    const target = `/refreshed-${name.replaceAll(' ', '-').toLowerCase()}`;
    site.origin.on(target, listener);
    const { body } = await ask(site.address, target);
    await askUntilHit(site.address, target);
    const url = `http://www.example.com${target}`;
    expect(await purge({ urls: [url], mode: 'refresh' })).toMatchObject({ purged: true });
    expect((await askUntilHit(site.address, target)).body).not.toBe(body);
  });
});

describe.each([
  ['a load balancer', albEvent],
  ['a function URL', urlEvent],
])('a handler behind %s', (name, event) => {
  test('stores its pages, and a purge of the URL removes them', async () => {
    let rendered = 0;
    const handler = pages.cachePage(
      () =>
        Promise.resolve({
          statusCode: 200,
          headers: { 'Content-Type': 'text/plain' },
          body: `rendering ${(rendered += 1)}`,
        }),
      { ttl: 60 },
    );
    const path = `/handler-${name.replaceAll(' ', '-')}`;
    const ask = async () => {
      const { body, isBase64Encoded }: Result = await handler(event({ path }), {});
      return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString();
    };
    expect(await ask()).toBe('rendering 1');
    expect(await ask()).toBe('rendering 1');
    expect(await purge({ urls: [`https://www.example.com${path}`] })).toMatchObject({ purged: true });
    expect(await ask()).toBe('rendering 2');
  });
});

test('while no node answers, an application does', async () => {
  const address = await serve(pages.withPageCache((_, response) => void response.end('the application itself')));
  for (const node of site.memcached) await node.stop();
  for (let i = 0; i < 3; i += 1) {
    const answer = await ask(address, '/nodes-gone');
    expect([cacheStatus(answer), answer.body]).toEqual([
      'fwd=uri-miss; detail=store-unreachable',
      'the application itself',
    ]);
  }
});
