import { gunzipSync, gzipSync } from 'node:zlib';
import { judge } from '../../../lambda/core/judge';
import { type HeaderPair, headerValues, type PageResponse } from '../../../lambda/core/page';
import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const HTML: HeaderPair = ['Content-Type', 'text/html; charset=utf-8'];
const ASKS: HeaderPair = ['Surrogate-Control', 'content="SSI/1.0"'];
const LASTS: HeaderPair = ['Cache-Control', 'max-age=60'];
const BODY = `<!--#include virtual="/fragments/a" -->${'all work and no play '.repeat(100)}`;

const fragments: SiteConfigInput['fragments'] = { cachedPaths: ['/fragments'], pages: ['/shop'] };

async function stored(
  headers: HeaderPair[],
  body: string | Buffer = BODY,
  path = '/page',
  document: Partial<SiteConfigInput> = { fragments },
): Promise<PageResponse> {
  const config = parseSiteConfig({ site: 'test', ...document });
  const request = { scheme: 'http', host: 'www.example.com', path, query: '', variants: {}, key: 'key' } as const;
  const verdict = await judge(
    request,
    { status: 200, headers: [LASTS, ...headers], body: Buffer.from(body) },
    config,
    NOW,
  );
  if (verdict.kind !== 'storable') throw new Error(`not storable: ${verdict.reason}`);
  return verdict.page;
}

const coding = ({ headers }: PageResponse) => headerValues(headers, 'Content-Encoding').join() || 'identity';
const names = ({ headers }: PageResponse) => headers.map(([name]) => name);

describe('a page with fragments', () => {
  test('is stored as plain text, without validators, and still says so', async () => {
    const page = await stored([
      HTML,
      ASKS,
      ['ETag', '"1"'],
      ['Last-Modified', 'Sun, 01 Mar 2026 12:00:00 GMT'],
      ['Digest', 'x'],
    ]);
    expect([coding(page), page.body.toString()]).toEqual(['identity', BODY]);
    expect(names(page).sort()).toEqual(['Cache-Control', 'Content-Type', 'Date', 'Surrogate-Control'].sort());
  });

  test('that the origin has compressed is expanded', async () => {
    const page = await stored([HTML, ASKS, ['Content-Encoding', 'gzip']], gzipSync(BODY));
    expect([coding(page), page.body.toString()]).toEqual(['identity', BODY]);
  });

  test('need not ask below a path of such pages', async () => {
    expect(coding(await stored([HTML], BODY, '/shop/list'))).toBe('identity');
    expect(coding(await stored([HTML], BODY, '/shopping'))).toBe('gzip');
  });

  test('keeps its includes where it is minified', async () => {
    const page = await stored([HTML, ASKS], `<p>a   b</p><!-- prose -->${BODY}`, '/page', {
      fragments,
      storage: { minify: true },
    });
    expect(page.body.toString()).toMatch(/^<p>a b<\/p><!--#include virtual="\/fragments\/a" -->/);
  });

  test('is held to the largest size as it lies in the store', async () => {
    const limits = { pageSize: 1024 };
    await expect(stored([HTML, ASKS], BODY, '/page', { fragments, limits })).rejects.toThrow('too-large');
    expect(coding(await stored([HTML], BODY, '/page', { fragments, limits }))).toBe('gzip');
  });
});

test.each<[string, HeaderPair[], string, Partial<SiteConfigInput>]>([
  ['asks for nothing', [HTML], BODY, { fragments }],
  ['has nothing to put in', [HTML, ASKS], BODY.replace('#', ''), { fragments }],
  ['is no HTML', [['Content-Type', 'application/json'], ASKS], BODY, { fragments }],
  ['is on a site without fragments', [HTML, ASKS], BODY, {}],
])('a page that %s is stored as every other', async (_, headers, body, document) => {
  const page = await stored(headers, body, '/page', document);
  expect(gunzipSync(page.body).toString()).toBe(body);
  expect(names(page)).toContain('ETag');
});
