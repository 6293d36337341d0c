import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import type { LoggedRequest } from '../../local/nginx';
import { startTestSite, type TestSite } from '../support/test-site';
import { freshPage } from '../support/test-origin';

// Through a load balancer, which loses and refuses what AWS's does: see local/load-balancer.ts.
const FUNCTION = { fill: 'function', fillConcurrency: 2 } as const;

describe('a site with a fill function', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite({ storage: { negativeTtl: 60 } }, FUNCTION)));
  afterAll(() => site?.stop());

  test.each([
    '/%61bc',
    "/it's/(all)/+there;v=1,2",
    '/caf%c3%a9/%E2%82%AC/%25/%20',
    '/query?b=1&a=%2F&a&c=&%62=%26',
    '/query?a=1&a=2&b',
    `/long/${'x'.repeat(300)}?${'y'.repeat(300)}`,
  ])('agrees with nginx on the key of %s, and renders what was asked', async (target) => {
    const path = target.split('?')[0] ?? '';
    const received = () =>
      site.origin.received.filter(({ headers }) => headers['user-agent'] === 'nginx-memcache-site');
    const before = received().length;
    site.origin.on(path.replace('%61bc', 'abc').replace('%c3%a9', '%C3%A9'), freshPage());
    const answer = await ask(site.address, target);
    expect([answer.status, cacheStatus(answer)]).toEqual([200, 'fwd=uri-miss; stored']);
    expect(received().length).toBe(before + 1);
    expect((await askUntilHit(site.address, target)).body).toBe(answer.body);
  });

  test('a page that does not fit into the function’s answer is stored, and comes whole to who missed it', async () => {
    const body = randomBytes(1_000_000);
    site.origin.on('/large', (_, response) =>
      response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=60', ETag: '"1"' }).end(body),
    );
    const miss = await ask(site.address, '/large');
    const hit = await askUntilHit(site.address, '/large');
    expect(cacheStatus(miss)).toBe('fwd=uri-miss; stored');
    const { age, ...others } = hit.headers;
    expect(age).toMatch(/^\d+$/);
    expect({ ...miss, headers: { ...miss.headers, 'cache-status': '' } }).toEqual({
      ...hit,
      headers: { ...others, 'cache-status': '' },
    });
    expect(Buffer.from(miss.body, 'latin1').equals(body)).toBe(true);
    expect(site.origin.received.filter(({ target }) => target === '/large')).toHaveLength(1);
  });

  test('a page that does not fit and may not be stored is the origin’s whole answer', async () => {
    const body = randomBytes(1_000_000);
    site.origin.on('/large-own', (_, response) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' }).end(body),
    );
    const answer = await ask(site.address, '/large-own?utm_source=x');
    expect(cacheStatus(answer)).toBe('fwd=uri-miss; detail=set-cookie');
    expect(answer.headers).toMatchObject({ 'set-cookie': 'a=1' });
    expect(Buffer.from(answer.body, 'latin1').equals(body)).toBe(true);
    expect(site.origin.received.at(-1)?.target).toBe('/large-own?utm_source=x');
  });

  test('an answer past the function has nothing of the load balancer', async () => {
    site.origin.on('/bare', (_, response) => response.writeHead(200, { 'Set-Cookie': 'a=1' }).end('own'));
    const { headers, body } = await ask(site.address, '/bare');
    expect(body).toBe('own');
    expect([headers['content-type'], headers.server]).not.toContainEqual(expect.stringMatching(/octet-stream|awselb/));
  });

  /** The line of the log about a target, when it comes. */
  const lineOf = (target: string) =>
    new Promise<LoggedRequest>((resolve) =>
      site.nginx.requests.on('request', (line) => (line.target === target ? resolve(line) : undefined)),
    );

  test.each([500, 502, 503, 504])('the origin’s own %i is answered as it is, and asked for once', async (status) => {
    site.origin.on(`/broken-${status}`, freshPage({ ETag: '"1"' }, status));
    const logged = lineOf(`/broken-${status}`);
    const answer = await ask(site.address, `/broken-${status}`, { 'If-None-Match': '"1"' });
    expect(await logged).toMatchObject({ status });
    expect([answer.status, cacheStatus(answer)]).toEqual([status, 'fwd=uri-miss; detail=status']);
    expect(answer.body).toMatch(/^rendering/);
    expect(answer.headers).toMatchObject({ etag: '"1"', 'content-type': 'text/plain' });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-nms'))).toEqual([]);
    expect(site.origin.received.filter(({ target }) => target === `/broken-${status}`)).toHaveLength(1);
  });

  test('a 404 is stored, and the same from the miss and from the hit', async () => {
    site.origin.on('/gone', freshPage({ 'Cache-Control': 'max-age=60' }, 404));
    const miss = await ask(site.address, '/gone');
    const hit = await askUntilHit(site.address, '/gone');
    expect([miss.status, cacheStatus(miss), hit.status]).toEqual([404, 'fwd=uri-miss; stored', 404]);
    expect(hit.body).toBe(miss.body);
  });

  test('misses above the function’s concurrency are the origin’s answers', async () => {
    const held: (() => void)[] = [];
    site.origin.on('/held', (request, response) => {
      const finish = () => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(`own ${request.url}`);
      if (request.headers['user-agent'] === 'nginx-memcache-site') held.push(finish);
      else finish();
    });
    const first = ['/held?1', '/held?2'].map((target) => ask(site.address, target));
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const third = await ask(site.address, '/held?3');
    expect([third.status, third.body, cacheStatus(third)]).toEqual([
      200,
      'own /held?3',
      'fwd=uri-miss; detail=writer-unreachable',
    ]);
    held.forEach((finish) => finish());
    expect((await Promise.all(first)).map(cacheStatus)).toEqual(Array(2).fill('fwd=uri-miss; stored'));
  });

  test('a target that the load balancer refuses is the origin’s to answer', async () => {
    const target = `/refused?${'a'.repeat(40_000)}`;
    site.origin.on('/refused', (_, response) => response.end('own'));
    const answer = await ask(site.address, target);
    expect([answer.status, answer.body]).toEqual([200, 'own']);
  });
});

test('a page that does not fit, and is gone when nginx looks for it, is the origin’s whole answer', async () => {
  const other = await startTestSite({}, { fill: 'function' });
  // As if it were purged or evicted in between.
  const file = join(other.nginx.directory, 'server.conf');
  const text = await readFile(file, 'utf8');
  const stored = text.indexOf('location @stored');
  const key = text.indexOf('$page_key', stored);
  await writeFile(file, `${text.slice(0, key)}absent${text.slice(key + '$page_key'.length)}`);
  process.kill(other.nginx.pid, 'SIGHUP');
  const body = randomBytes(1_000_000).toString('latin1');
  other.origin.on('/large', (_, response) =>
    response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(Buffer.from(body, 'latin1')),
  );
  const misses = async () => {
    await other.functions.purge.invoke({ everything: true });
    return ask(other.address, '/large');
  };
  let answer = await misses();
  // Until nginx has read its new configuration.
  while (cacheStatus(answer) === 'fwd=uri-miss; stored') answer = await misses();
  expect([answer.status, answer.body === body]).toEqual([200, true]);
  expect(cacheStatus(answer)).toBe('fwd=uri-miss; detail=stored');
  await other.stop();
});
