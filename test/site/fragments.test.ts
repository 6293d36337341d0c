import { gunzipSync, gzipSync } from 'node:zlib';
import { MOST_INCLUDES } from '../../lib/site/includes';
import { type TestSite, startTestSite } from '../support/test-site';
import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const ASKS = { ...HTML, 'Surrogate-Control': 'content="SSI/1.0"' };
const LASTS = { 'Cache-Control': 'max-age=600' };
const TEXT = '<p>Storm passes, the light stays on.</p>'.repeat(20);
// A miss, a hit, and past the cache.
const VISITORS: Record<string, string>[] = [{}, {}, { Cookie: 'session=1' }];
const include = (path: string) => `<!--#include virtual="${path}" -->`;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({
    fragments: { cachedPaths: ['/fragments'], privatePaths: ['/own'], pages: ['/shop'], timeout: 3 },
    eligibility: { harmlessCookies: ['csrftoken'] },
  });
  site.origin.on('/fragments/news', (_, response) =>
    response
      .writeHead(200, { ...HTML, ...LASTS, 'Surrogate-Key': 'news' })
      .end(`news ${renderings('/fragments/news')}`),
  );
  site.origin.on('/own/token', ({ headers }, response) =>
    response
      .writeHead(200, { ...HTML, ...LASTS, 'Set-Cookie': 'made=1' })
      .end(`token of ${/csrftoken=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? 'nobody'}`),
  );
});
afterAll(() => site?.stop());

const renderings = (path: string) => site.origin.received.filter(({ target }) => target === path).length;
const last = (path: string) => site.origin.received.filter(({ target }) => target === path).at(-1);

function serve(path: string, body: string | Buffer, headers: Record<string, string> = {}, status = 200) {
  site.origin.on(path, (_, response) => response.writeHead(status, { ...ASKS, ...LASTS, ...headers }).end(body));
}

describe('a page whose origin asks for it has its fragments', () => {
  const body = `<html>${include('/fragments/news')}|${include('/own/token')}${TEXT}</html>`;
  const headers = {
    ETag: '"1"',
    'Last-Modified': 'Sun, 01 Mar 2026 12:00:00 GMT',
    Expires: 'Sun, 01 Mar 2037 12:00:00 GMT',
    'Cloudflare-CDN-Cache-Control': 'max-age=600',
    'Edge-Control': 'max-age=600',
  };
  const whole = () => new RegExp(`^<html>news \\d+\\|token of nobody${TEXT}</html>$`);
  const checks = (answer: RawAnswer) => {
    expect(answer.body).toMatch(whole());
    expect(answer.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      'content-type': HTML['Content-Type'],
    });
    const ofThePageAlone =
      /^(?:surrogate-control|etag|last-modified|expires|set-cookie|.*cdn-cache-control|edge-control)$/;
    expect(Object.keys(answer.headers).filter((name) => ofThePageAlone.test(name))).toEqual([]);
  };

  test('when it is rendered, and when it is stored', async () => {
    serve('/asked', body, headers);
    const miss = await ask(site.address, '/asked');
    const hit = await ask(site.address, '/asked');
    expect([miss, hit].map(cacheStatus)).toEqual(['fwd=uri-miss; stored', 'hit']);
    [miss, hit].forEach(checks);
    expect(renderings('/asked')).toBe(1);
  });

  test('past the cache', async () => {
    serve('/asked-past', body, headers);
    const answer = await ask(site.address, '/asked-past', { Cookie: 'session=1' });
    expect(cacheStatus(answer)).toBe('fwd=bypass; detail=cookie');
    checks(answer);
  });

  test('in the answer to a form, where the fragment is asked for without the form', async () => {
    serve('/form', body);
    const answer = await ask(
      site.address,
      '/form',
      { 'Content-Length': '7', 'Content-Type': 'application/x-www-form-urlencoded', Cookie: 'csrftoken=me' },
      'POST',
      'a=b&c=d',
    );
    expect(answer.body).toMatch(/token of me/);
    expect(last('/own/token')).toMatchObject({ method: 'GET', headers: { cookie: 'csrftoken=me' } });
    expect(last('/own/token')?.headers).not.toHaveProperty('content-type');
    expect(last('/own/token')?.headers['content-length'] ?? '0').toBe('0');
  });

  test('when it is an error', async () => {
    serve('/gone', body, {}, 503);
    const answer = await ask(site.address, '/gone');
    expect(answer.status).toBe(503);
    expect(answer.body).toMatch(whole());
  });
});

test('a path may have fragments without asking', async () => {
  const own = { 'Surrogate-Control': 'max-age=9' };
  serve('/shop/list', `[${include('/fragments/news')}]`, own);
  serve('/shopping', `[${include('/fragments/news')}]`, own);
  expect((await ask(site.address, '/shop/list?page=2')).body).toMatch(/^\[news \d+\]$/);
  expect((await ask(site.address, '/shopping')).body).toBe(`[${include('/fragments/news')}]`);
});

test('a fragment has a key, a life and tags of its own', async () => {
  serve('/front', `[${include('/fragments/news')}]`);
  await ask(site.address, '/front');
  const before = (await askUntilHit(site.address, '/front')).body;
  expect((await askUntilHit(site.address, '/fragments/news')).body).toBe(before.slice(1, -1));
  const { pages } = (await site.functions.purge.invoke({ tags: ['news'] })) as { pages: unknown };
  expect(pages).toMatchObject({ found: 1 });
  const after = await askUntilHit(site.address, '/front');
  expect(after.body).not.toBe(before);
  expect(renderings('/front')).toBe(1);
});

test('a fragment that may not be stored is rendered for every request of a stored page', async () => {
  let count = 0;
  site.origin.on('/fragments/now', (_, response) => {
    count += 1;
    response.writeHead(200, { ...HTML, 'Cache-Control': 'no-store' }).end(`now ${count}`);
  });
  serve('/clock', include('/fragments/now'));
  await ask(site.address, '/clock');
  const bodies = [(await askUntilHit(site.address, '/clock')).body, (await askUntilHit(site.address, '/clock')).body];
  expect(new Set(bodies).size).toBe(2);
});

test('two visitors with the same stored page get two tokens, each by their own cookie', async () => {
  serve('/contact', `<form>${include('/own/token')}</form>`);
  await ask(site.address, '/contact');
  const visit = (who: string) => askUntilHit(site.address, '/contact', { Cookie: `csrftoken=${who}` });
  const answers = await Promise.all(['ann', 'bob', 'ann', 'bob'].map(visit));
  expect(answers.map(({ body }) => body)).toEqual(
    ['ann', 'bob', 'ann', 'bob'].map((who) => `<form>token of ${who}</form>`),
  );
  expect((await ask(site.address, '/contact')).body).toBe('<form>token of nobody</form>');
  expect(renderings('/contact')).toBe(1);
});

test('a private fragment is never stored, whatever it says, also when it is asked for by itself', async () => {
  const answers = [await ask(site.address, '/own/token'), await ask(site.address, '/own/token')];
  expect(answers.map(cacheStatus)).toEqual(Array(2).fill('fwd=bypass; detail=path'));
  // By itself it can set a cookie; in a page it cannot.
  expect(answers.map(({ headers }) => headers['set-cookie'])).toEqual(['made=1', 'made=1']);
});

test("a fragment is asked for with the visitor's headers, without those about the page's own form", async () => {
  serve('/forms', include('/own/token'));
  await ask(site.address, '/forms', {
    'X-Own': 'kept',
    Cookie: 'session=1',
    Range: 'bytes=0-1',
    'If-Range': '"1"',
    'If-None-Match': '"1"',
    'If-Modified-Since': 'Sun, 01 Mar 2026 12:00:00 GMT',
    'Accept-Encoding': 'gzip',
  });
  const { headers } = last('/own/token') as { headers: Record<string, string> };
  expect(headers).toMatchObject({ 'x-own': 'kept', cookie: 'session=1', host: 'www.example.com' });
  expect(Object.keys(headers).filter((name) => /^(?:if-|range|accept-encoding)/.test(name))).toEqual([]);
});

describe('compressed', () => {
  const body = `${include('/fragments/news')}${TEXT}`;
  const gzip = { 'Accept-Encoding': 'gzip', Accept: 'text/html,*/*' };
  const expanded = (answer: RawAnswer) => {
    expect(answer.headers['content-encoding']).toBe('gzip');
    return gunzipSync(Buffer.from(answer.body, 'latin1')).toString();
  };

  test('is a page after its fragments are in', async () => {
    serve('/zipped', body);
    const answers = [await ask(site.address, '/zipped', gzip), await ask(site.address, '/zipped', gzip)];
    answers.map(expanded).forEach((text) => expect(text).toMatch(/^news \d+<p>/));
    expect(answers.map(({ headers }) => headers.vary)).toEqual(['Accept-Encoding', 'Accept-Encoding']);
  });

  test('by the origin, a page is expanded before it is stored, and is asked for uncompressed past the cache', async () => {
    site.origin.on('/by-origin', ({ headers }, response) => {
      const zips = headers['accept-encoding'] === 'gzip';
      response.writeHead(200, { ...ASKS, ...LASTS, ...(zips ? { 'Content-Encoding': 'gzip' } : {}) });
      response.end(zips ? gzipSync(body) : body);
    });
    const ways = [gzip, gzip, { ...gzip, Cookie: 'session=1' }];
    for (const headers of ways) {
      expect(expanded(await ask(site.address, '/by-origin', headers))).toMatch(/^news \d+<p>/);
    }
    expect(cacheStatus(await ask(site.address, '/by-origin', gzip))).toBe('hit');
  });

  test('all the same, a page without fragments stays as every other, with an entity tag', async () => {
    serve('/shop/plain', TEXT);
    await ask(site.address, '/shop/plain', gzip);
    const hit = await askUntilHit(site.address, '/shop/plain', gzip);
    expect(expanded(hit)).toBe(TEXT);
    const again = await ask(site.address, '/shop/plain', { ...gzip, 'If-None-Match': hit.headers.etag ?? '' });
    expect(again.status).toBe(304);
  });
});

describe('what is no fragment leaves a hole:', () => {
  test.each<[string, number, Record<string, string>]>([
    ['an error', 500, {}],
    ['nothing there', 404, {}],
    ['a refusal', 403, {}],
    ['a redirect', 302, { Location: '/fragments/news' }],
    ['a compressed answer', 200, { 'Content-Encoding': 'br' }],
  ])('%s', async (name, status, headers) => {
    const path = `/own/${encodeURIComponent(name)}`.replaceAll('%20', '-');
    site.origin.on(path, (_, response) => response.writeHead(status, { ...HTML, ...headers }).end('WRONG'));
    await expectHole(path);
  });

  test('a connection that is closed', async () => {
    site.origin.on('/own/closed', (_, response) => void response.destroy());
    await expectHole('/own/closed');
  });

  test('an answer that ends too early', async () => {
    site.origin.on('/own/cut', (_, response) => {
      response.writeHead(200, { ...HTML, 'Content-Length': '100' }).write('WRONG', () => response.destroy());
    });
    await expectHole('/own/cut');
  });

  test('one that does not come in time', async () => {
    site.origin.on('/own/slow', () => undefined);
    await expectHole('/own/slow', [{}]);
  });

  async function expectHole(path: string, visitors = VISITORS) {
    const page = `/with${path}`;
    serve(page, `<p>[${include(path)}]${include('/own/token')}</p>`);
    for (const headers of visitors) {
      const answer = await ask(site.address, page, headers);
      expect([answer.status, answer.body]).toEqual([200, '<p>[]token of nobody</p>']);
    }
  }
});

test("a fragment's own includes are left alone", async () => {
  const inner = `<b>${include('/own/token')}</b>`;
  serve('/fragments/nested', inner);
  serve('/nests', `[${include('/fragments/nested')}]`);
  expect((await ask(site.address, '/nests')).body).toBe(`[${inner}]`);
  expect((await ask(site.address, '/fragments/nested')).body).toBe('<b>token of nobody</b>');
});

test('a large page with as many fragments as there may be is whole', async () => {
  const part = `${'x'.repeat(20_000)}${include('/own/token')}`;
  serve('/large', part.repeat(MOST_INCLUDES + 1));
  const whole = `${'x'.repeat(20_000)}token of nobody`.repeat(MOST_INCLUDES);
  for (const headers of VISITORS) {
    const { body } = await ask(site.address, '/large', headers);
    expect(body).toBe(`${whole}${part.replace('#', ' ')}`);
  }
});

test('fragments stand where they belong, whichever comes first', async () => {
  serve('/order', `[${include('/own/first')}|${include('/own/second')}]`);
  for (const headers of VISITORS) {
    let secondIsOut = () => undefined as void;
    const second = new Promise<void>((resolve) => (secondIsOut = resolve));
    site.origin.on('/own/first', (_, response) => void second.then(() => response.writeHead(200, HTML).end('1')));
    site.origin.on('/own/second', (_, response) => {
      response.once('finish', secondIsOut).writeHead(200, HTML).end('2'.repeat(300_000));
    });
    const { body } = await ask(site.address, '/order', headers);
    expect([body.slice(0, 4), body.slice(3) === `${'2'.repeat(300_000)}]`]).toEqual(['[1|2', true]);
  }
});

test('a page that is still being rendered waits for nobody, and nobody for it', async () => {
  let end = () => undefined as void;
  site.origin.on('/own/early', (_, response) => {
    response.once('finish', () => end()).writeHead(200, HTML);
    response.end('early');
  });
  site.origin.on('/late', (_, response) => {
    end = () => void response.end('|end]');
    response.writeHead(200, ASKS).write(`[${include('/own/early')}`);
  });
  expect((await ask(site.address, '/late', { Cookie: 'session=1' })).body).toBe('[early|end]');
});

test('HEAD has the head of a page, and asks for no fragment', async () => {
  serve('/head', include('/own/token'));
  await ask(site.address, '/head');
  const before = renderings('/own/token');
  const answer = await ask(site.address, '/head', {}, 'HEAD');
  expect([answer.status, answer.body, answer.headers['cache-control']]).toEqual([200, '', 'private, no-cache']);
  expect(renderings('/own/token')).toBe(before);
});

test('the origin is told that it may ask, in place of what a visitor says', async () => {
  serve('/told', 'text');
  const claims = { 'Surrogate-Capability': 'mine="ESI/1.0"' };
  await ask(site.address, '/told', claims);
  await ask(site.address, '/told', { ...claims, Cookie: 'session=1' });
  const told = site.origin.received.filter(({ target }) => target === '/told');
  expect(told.map(({ headers }) => headers['surrogate-capability'])).toEqual(
    Array(2).fill('nginx-memcache-site="SSI/1.0"'),
  );
});

test('where nothing may be kept, that is still said', async () => {
  serve('/secret', include('/own/token'), { 'Cache-Control': 'no-store' });
  expect((await ask(site.address, '/secret')).headers['cache-control']).toBe('private, no-store');
});

test('a cache that is switched off leaves the fragments in', async () => {
  const other = await startTestSite({ mode: 'off', fragments: { privatePaths: ['/own'] } });
  other.origin.on('/page', (_, response) => response.writeHead(200, ASKS).end(`[${include('/own/a')}]`));
  other.origin.on('/own/a', (_, response) => response.writeHead(200, HTML).end('a'));
  const answer = await ask(other.address, '/page');
  await other.stop();
  expect([cacheStatus(answer), answer.body]).toEqual(['fwd=bypass; detail=off', '[a]']);
});
