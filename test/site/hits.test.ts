import { gunzipSync, gzipSync } from 'node:zlib';
import type { SiteConfigInput } from '../../lib/site/site-config';
import { freshPage } from '../support/test-origin';
import { ask, cacheStatus } from '../support/raw-http';
import type { StartSiteOptions } from '../../local/site';
import { startTestSite, type TestSite } from '../support/test-site';

const HTML = '<!doctype html><title>News</title>' + '<p>Storm passes, the light stays on.</p>'.repeat(50);
const PNG = Buffer.from('89504e470d0a1a0a00ff00fe', 'hex');

describe.each<[string, Partial<SiteConfigInput>, Partial<StartSiteOptions>]>([
  ['from Memcached', {}, {}],
  ["through each node's own cache", { perNodeCache: { size: 1_048_576 } }, {}],
  ['with a fill function', {}, { fill: 'function' }],
])('%s', (_, document, options) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite(document, options)));
  afterAll(() => site?.stop());

  describe('a miss, and then a hit', () => {
    test.each<[string, number, Record<string, string>, Buffer]>([
      [
        'HTML',
        200,
        { 'Content-Type': 'text/html; charset=utf-8', ETag: '"v1"', Link: '</a.css>; rel=preload' },
        Buffer.from(HTML),
      ],
      ['JSON', 200, { 'Content-Type': 'application/json', 'X-Total': '3' }, Buffer.from('{"a":[1,2,3]}')],
      ['XML', 200, { 'Content-Type': 'application/xml' }, Buffer.from(`<?xml version="1.0"?>${'<a/>'.repeat(500)}`)],
      ['an image', 200, { 'Content-Type': 'image/png' }, PNG],
      [
        'what the origin compressed',
        200,
        { 'Content-Type': 'text/css', 'Content-Encoding': 'gzip' },
        gzipSync('a{}'.repeat(400)),
      ],
      ['a permanent redirect', 301, { Location: '/elsewhere' }, Buffer.alloc(0)],
      ['an empty page', 200, { 'Content-Type': 'text/plain' }, Buffer.alloc(0)],
      [
        'a page of more than 1 MiB',
        200,
        { 'Content-Type': 'application/octet-stream' },
        Buffer.alloc(1_500_000, 'x\0y\r\n'),
      ],
    ])('of %s have the same status, headers and body', async (name, status, headers, body) => {
      const path = `/same/${encodeURIComponent(name)}`;
      // nginx gives its own name to a hit that has none.
      const sent = { ...headers, 'Cache-Control': 'max-age=60', Server: 'application' };
      site.origin.on(path, (_, response) => response.writeHead(status, sent).end(body));
      const miss = await ask(site.address, path, { 'Accept-Encoding': 'gzip' });
      const hit = await ask(site.address, path, { 'Accept-Encoding': 'gzip' });
      expect([cacheStatus(miss), cacheStatus(hit)]).toEqual(['fwd=uri-miss; stored', 'hit']);
      const { age, ...others } = hit.headers;
      expect(age).toMatch(/^\d{1,3}$/);
      expect({ ...hit, headers: { ...others, 'cache-status': '' } }).toEqual({
        ...miss,
        headers: { ...miss.headers, 'cache-status': '' },
      });
      expect(hit.status).toBe(status);
      const received = Buffer.from(hit.body, 'latin1');
      const plain = (bytes: Buffer, coding?: string) => (coding === 'gzip' ? gunzipSync(bytes) : bytes);
      expect(plain(received, hit.headers['content-encoding']).equals(plain(body, headers['Content-Encoding']))).toBe(
        true,
      );
      for (const [field, value] of Object.entries(headers).filter(([field]) => !/etag|content-encoding/i.test(field))) {
        expect(hit.headers[field.toLowerCase()]).toBe(value);
      }
    });

    test('a client without gzip gets the page expanded, from the miss and from the hit', async () => {
      site.origin.on('/plain', (_, response) =>
        response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=60' }).end(HTML),
      );
      const answers = [await ask(site.address, '/plain'), await ask(site.address, '/plain')];
      expect(answers.map(cacheStatus)).toEqual(['fwd=uri-miss; stored', 'hit']);
      for (const answer of answers) {
        expect(answer.headers['content-encoding']).toBeUndefined();
        expect(answer.headers.vary).toContain('Accept-Encoding');
        expect(answer.body).toBe(HTML);
      }
    });

    test('a client of HTTP/1.0 behind a proxy gets the page expanded', async () => {
      site.origin.on('/old-client', (_, response) =>
        response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=60' }).end(HTML),
      );
      const headers = { Via: '1.1 proxy', 'Accept-Encoding': 'identity' };
      await ask(site.address, '/old-client', headers);
      expect(await ask(site.address, '/old-client', headers)).toMatchObject({ status: 200, body: HTML });
    });
  });

  describe('a stored page', () => {
    const modified = 'Mon, 02 Nov 2026 10:00:00 GMT';
    beforeAll(async () => {
      site.origin.on('/validators', (_, response) =>
        response
          .writeHead(200, {
            'Content-Type': 'text/html',
            'Cache-Control': 'max-age=60',
            ETag: '"v1"',
            'Last-Modified': modified,
          })
          .end(HTML),
      );
      await ask(site.address, '/validators');
    });

    test('answers HEAD with the headers of GET and no body', async () => {
      const head = await ask(site.address, '/validators', { 'Accept-Encoding': 'gzip' }, 'HEAD');
      const get = await ask(site.address, '/validators', { 'Accept-Encoding': 'gzip' });
      // Each has the age of its own moment.
      const withoutAge = ({ status, headers: { age, ...headers } }: typeof get) => [status, typeof age, headers];
      expect(withoutAge(head)).toEqual(withoutAge(get));
      expect([head.body, cacheStatus(head)]).toEqual(['', 'hit']);
    });

    test.each([
      ['If-None-Match', '"v1"', 304],
      ['If-None-Match', 'W/"v1"', 304],
      ['If-None-Match', '"v2"', 200],
      ['If-Modified-Since', modified, 304],
      ['If-Modified-Since', 'Sun, 01 Nov 2026 10:00:00 GMT', 200],
    ])('answers %s: %s with %i', async (field, value, status) => {
      const answer = await ask(site.address, '/validators', { [field]: value });
      expect([answer.status, cacheStatus(answer)]).toEqual([status, 'hit']);
    });

    test('a HEAD stores the page for the GETs that come after it', async () => {
      site.origin.on('/head-first', freshPage());
      const head = await ask(site.address, '/head-first', {}, 'HEAD');
      expect([head.status, head.body]).toEqual([200, '']);
      const get = await ask(site.address, '/head-first');
      expect(get.body).toMatch(/^rendering \d+$/);
      expect(site.origin.received.filter(({ target }) => target === '/head-first').map(({ method }) => method)).toEqual(
        ['GET'],
      );
    });

    test('is found under every query that means the same', async () => {
      site.origin.on('/list', freshPage());
      await ask(site.address, '/list?b=2&a=1&utm_source=mail');
      expect(cacheStatus(await ask(site.address, '/list?a=1&b=2&gclid=x'))).toBe('hit');
      expect(cacheStatus(await ask(site.address, '/list?a=1&b=3'))).toBe('fwd=uri-miss; stored');
      expect(
        site.origin.received.filter(({ target }) => target.startsWith('/list')).map(({ target }) => target),
      ).toEqual(['/list?a=1&b=2', '/list?a=1&b=3']);
    });
  });

  test('a miss carries the canonical request and nothing else to the origin', async () => {
    site.origin.on('/caf%C3%A9', freshPage());
    await ask(site.address, '/caf%c3%a9?utm_source=x&b=1', {
      Host: 'WWW.Example.com:8080',
      'User-Agent': 'evil',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-For': '10.0.0.1',
      'X-Original-URL': '/admin',
      Accept: 'application/json',
      'Accept-Language': 'fr',
      Referer: 'https://evil.example/',
      Cookie: '_ga=GA1.2.3',
      'If-None-Match': '"x"',
      'Cache-Control': 'no-cache',
    });
    const received = site.origin.received.find(({ target }) => target.startsWith('/caf'));
    expect(received?.target).toBe('/caf%C3%A9?b=1');
    expect(received?.headers).toEqual({
      host: 'www.example.com',
      // A function is frozen between two renderings: what it kept may be closed.
      connection: options.fill === 'function' ? 'close' : 'keep-alive',
      'user-agent': 'nginx-memcache-site',
      'accept-encoding': 'gzip',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '192.31.196.1',
      'cdn-loop': 'nginx-memcache-site; site=test',
    });
  });

  // A function's environments are threads here, and there are eight of them.
  const crowd = options.fill === 'function' ? 6 : 50;
  test(`one rendering answers ${crowd} simultaneous misses`, async () => {
    let renderings = 0;
    let release = () => undefined as void;
    const arrived = new Promise<void>((resolve) => (release = resolve));
    site.origin.on('/crowd', (_, response) => {
      renderings += 1;
      void arrived.then(() => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('one for all'));
    });
    const answers = Array.from({ length: crowd }, () => ask(site.address, '/crowd'));
    // Until nginx has all of them under way: its lookups have missed when it waits for the writer.
    await until(
      async () =>
        Number(
          /Waiting: \d+|Active connections: (\d+)/.exec((await ask(site.deployment.statusListen, '/status')).body)?.[1],
        ) > crowd,
    );
    release();
    expect(new Set((await Promise.all(answers)).map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['200 one for all']),
    );
    expect(renderings).toBe(1);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
