import type { RequestListener } from 'node:http';
import { ask, cacheStatus, type RawAnswer } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const STALE = 'fwd=stale; detail=stale-if-error';
// Long enough that no test sees a copy come to its end, however busy the machine is.
const storage = { keptFor: 3600, staleIfError: 3600 };
const url = (path: string) => `http://www.example.com${path}`;
const shortLived = (headers: Record<string, string> = {}) =>
  freshPage({ 'Cache-Control': 'max-age=1', 'Cache-Tag': 'short', ...headers });

let site: TestSite;

/** Asks again and again until an answer is what is waited for; gives all of them. */
async function askUntil(path: string, isLast: (answer: RawAnswer) => boolean): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = [];
  do answers.push(await ask(site.address, path));
  while (!isLast(answers.at(-1) as RawAnswer));
  return answers;
}

const last = async (...asked: Parameters<typeof askUntil>) => (await askUntil(...asked)).at(-1) as RawAnswer;
const says = (status: string) => (answer: RawAnswer) => cacheStatus(answer) === status;
const failed = ({ status }: RawAnswer) => status >= 500;

/** Has a page stored, which may take several renderings: one that took a second has expired before it could be. */
async function store(path: string, listener: RequestListener = shortLived()): Promise<string> {
  site.origin.on(path, listener);
  return (await last(path, says('fwd=uri-miss; stored'))).body;
}

const FAILURES: Record<string, RequestListener> = {
  'closes the connection': (request) => void request.socket.destroy(),
  'answers 503': freshPage({}, 503),
  'answers 500 to everybody for a minute': freshPage({ 'Cache-Control': 'max-age=60' }, 500),
  'does not answer': () => undefined,
};
const answers503 = FAILURES['answers 503'] as RequestListener;

describe('a site that keeps copies', () => {
  beforeAll(async () => (site = await startTestSite({ storage, limits: { fillDeadline: 1, passMarkerTtl: 1 } })));
  afterAll(() => site?.stop());

  test.each(Object.entries(FAILURES))(
    'answers a page that has expired when the origin %s, and a fresh one when it is back',
    async (name, failure) => {
      const path = `/${name.replaceAll(' ', '-')}`;
      const good = await store(path);
      site.origin.on(path, failure);

      const stale = await last(path, says(STALE));
      const byNginx = await last(path, says('hit'));

      for (const answer of [stale, byNginx]) {
        expect(answer).toMatchObject({ status: 200, body: good, headers: { 'content-type': 'text/plain' } });
      }
      site.origin.on(path, shortLived());
      expect(await last(path, ({ body }) => body !== good)).toMatchObject({ status: 200 });
    },
  );

  test('answers the origin’s failure where the page forbids another answer', async () => {
    const forbidding = {
      'must-revalidate': { 'Cache-Control': 'max-age=1, must-revalidate' },
      's-maxage': { 'Cache-Control': 's-maxage=1, stale-if-error=60' },
      'for-no-time': { 'Cache-Control': 'max-age=1, stale-if-error=0' },
      targeted: { 'CDN-Cache-Control': 'max-age=1, proxy-revalidate' },
    };
    const answers = Object.entries(forbidding).map(async ([name, headers]) => {
      await store(`/${name}`, shortLived(headers));
      site.origin.on(`/${name}`, answers503);
      return askUntil(`/${name}`, failed);
    });
    const stale = (await Promise.all(answers)).flat().filter(says(STALE));
    // Memcached drops pages a second or two early: a copy is answered as long as it is fresh.
    expect(stale.filter(({ headers }) => headers.age !== '0')).toEqual([]);
  });

  test.each([
    ['its URL', 'url', { urls: [url('/purged-url')] }],
    ['its tag', 'tag', { tags: ['short'] }],
    ['everything', 'everything', { everything: true }],
    ['everything, to be rendered again', 'refresh', { everything: true, mode: 'refresh' }],
  ])('never answers a page after a purge of %s', async (_, name, selection) => {
    const path = `/purged-${name}`;
    const good = await store(path);
    site.origin.on(path, answers503);
    // Then it is both kept and the page.
    await last(path, says(STALE));
    expect(await site.functions.purge.invoke(selection)).toMatchObject({ purged: true });
    const answers = [await ask(site.address, path), await ask(site.address, path)];
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(answers.map(({ body }) => body)).not.toContain(good);
    expect(await store(path)).not.toBe(good);
  });
});

test('a site that keeps none answers the origin’s failure', async () => {
  site = await startTestSite();
  try {
    await store('/page', shortLived({ 'Cache-Control': 'max-age=1, stale-if-error=3600' }));
    site.origin.on('/page', answers503);
    const answers = await askUntil('/page', failed);
    expect(answers.map(cacheStatus)).not.toContain(STALE);
  } finally {
    await site.stop();
  }
});

describe('a site that keeps copies and no index', () => {
  const purging = { index: 'none' as const, flush: true };
  beforeAll(async () => (site = await startTestSite({ storage, purging, limits: { passMarkerTtl: 1 } })));
  afterAll(() => site?.stop());

  test.each([
    ['its exact URL', 'exact', { exactUrls: [url('/exact')] }],
    ['everything', 'everything', { everything: true }],
  ])(
    'answers a page that has expired when the origin is down, and never after a purge of %s',
    async (_, name, selection) => {
      const path = `/${name}`;
      const good = await store(path);
      site.origin.on(path, answers503);
      expect(await last(path, says(STALE))).toMatchObject({ status: 200, body: good });
      await site.functions.purge.invoke(selection);
      expect((await ask(site.address, path)).status).toBe(503);
      expect((await ask(site.address, path)).status).toBe(503);
    },
  );

  test('does not answer a page that is purged while its origin does not answer', async () => {
    const good = await store('/while');
    let asked = () => undefined as void;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    let fail = () => undefined as void;
    site.origin.on('/while', (_, response) => {
      fail = () => void response.writeHead(503).end('sorry');
      asked();
    });
    const answering = askUntil('/while', ({ body }) => body !== good);
    await waiting;
    await site.functions.purge.invoke({ exactUrls: [url('/while')] });
    site.origin.on('/while', answers503);
    fail();
    expect((await answering).map(cacheStatus)).not.toContain(STALE);
    expect((await ask(site.address, '/while')).body).not.toBe(good);
  });
});
