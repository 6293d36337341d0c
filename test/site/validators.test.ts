import { gunzipSync, gzipSync } from 'node:zlib';
import type { SiteConfigInput } from '../../lib/site/site-config';
import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const HTML = '<!doctype html><title>News</title>' + '<p>Storm passes, the light stays on.</p>'.repeat(50);
const FRESH = { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=60' };
const GZIP = { 'Accept-Encoding': 'gzip' };

describe.each<[string, Partial<SiteConfigInput>]>([
  ['from Memcached', {}],
  ["through each node's own cache", { perNodeCache: { size: 1_048_576 } }],
])('a page to which the origin gives no entity tag, %s', (_, document) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite(document)));
  afterAll(() => site?.stop());

  async function missAndHits(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
    site.origin.on(path, (__, response) => response.writeHead(200, { ...FRESH, ...headers }).end(body));
    const miss = await ask(site.address, path, GZIP);
    if (!/stored$/.test(cacheStatus(miss))) return [miss];
    const hits = [GZIP, {}].map((sent) => askUntilHit(site.address, path, sent));
    return [miss, ...(await Promise.all(hits)), await askUntilHit(site.address, path, GZIP, 'HEAD')];
  }
  const tags = (answers: RawAnswer[]) => new Set(answers.map(({ headers }) => headers.etag));

  test('gets one that a miss and a hit, with and without gzip, and HEAD have alike', async () => {
    const answers = await missAndHits('/made', HTML);
    expect(cacheStatus(answers[0] as RawAnswer)).toBe('fwd=uri-miss; stored');
    expect(tags(answers)).toEqual(new Set([expect.stringMatching(/^W\/"[\w-]{22}"$/)]));
    expect(answers.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', 'gzip', undefined, 'gzip']);
    expect(gunzipSync(Buffer.from(answers[1]?.body ?? '', 'latin1')).toString()).toBe(HTML);
    expect(answers[2]?.body).toBe(HTML);
  });

  test('gets the same one after a purge, and whatever the origin compresses it with', async () => {
    const first = await missAndHits('/again', HTML);
    await site.functions.purge.invoke({ urls: ['http://www.example.com/again'] });
    const coded = gzipSync(HTML, { level: 1 });
    const second = await missAndHits('/again-coded', coded, { 'Content-Encoding': 'gzip' });
    expect(tags([...first, ...second, ...(await missAndHits('/again', HTML))]).size).toBe(1);
    expect(tags(await missAndHits('/again-other', `${HTML}.`))).not.toEqual(tags(first));
  });

  test.each([
    ['the tag', (tag: string) => tag, 304],
    ['the tag among others', (tag: string) => `"a", ${tag}, W/"b"`, 304],
    ['the tag without its weakness', (tag: string) => tag.slice(2), 304],
    ['any tag', () => '*', 304],
    ['another tag', () => 'W/"AAAAAAAAAAAAAAAAAAAAAA"', 200],
  ])('answers a hit asked with %s', async (name, sent, status) => {
    const path = `/asked/${encodeURIComponent(name)}`;
    const [miss] = await missAndHits(path, HTML);
    const answer = await askUntilHit(site.address, path, { ...GZIP, 'If-None-Match': sent(miss?.headers.etag ?? '') });
    expect([answer.status, answer.headers.etag]).toEqual([status, miss?.headers.etag]);
    expect(answer.body === '').toBe(status === 304);
  });

  test('which sends a date, keeps it, and a tag counts before it', async () => {
    const modified = 'Mon, 02 Nov 2026 10:00:00 GMT';
    const [miss] = await missAndHits('/dated', HTML, { 'Last-Modified': modified });
    expect(miss?.headers).toMatchObject({ 'last-modified': modified, etag: expect.stringMatching(/^W\/"/) as string });
    const asked = (headers: Record<string, string>) =>
      askUntilHit(site.address, '/dated', headers).then(({ status }) => status);
    expect(await asked({ 'If-Modified-Since': modified })).toBe(304);
    expect(await asked({ 'If-Modified-Since': modified, 'If-None-Match': '"other"' })).toBe(200);
  });

  test('and that is not stored has none', async () => {
    const answers = await missAndHits('/private', HTML, { 'Cache-Control': 'private' });
    expect(tags(answers)).toEqual(new Set([undefined]));
  });
});

test('an entity tag of the origin stays, and none is made where the site says so', async () => {
  const site = await startTestSite({ storage: { makeEtags: false } });
  try {
    site.origin.on('/tagged', (_, response) => response.writeHead(200, { ...FRESH, ETag: '"v1"' }).end('short'));
    site.origin.on('/bare', (_, response) => response.writeHead(200, FRESH).end(HTML));
    for (const [path, tag] of [
      ['/tagged', '"v1"'],
      ['/bare', undefined],
    ] as const) {
      const answers = [await ask(site.address, path), await ask(site.address, path)];
      expect(answers.map(({ headers }) => headers.etag)).toEqual([tag, tag]);
    }
  } finally {
    await site.stop();
  }
});
