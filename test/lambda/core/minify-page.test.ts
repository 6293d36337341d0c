import { gunzipSync, gzipSync } from 'node:zlib';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { isMinified, minifiedPage } from '../../../lambda/core/minify-page';
import { type HeaderPair, headerValues, type PageResponse } from '../../../lambda/core/page';
import { storedForm } from '../../../lambda/core/stored-form';

const HTML: HeaderPair = ['Content-Type', 'text/html; charset=utf-8'];
const TEXT = '<p>  é  </p><!-- a word -->\n\n';
const SHORT = '<p> é </p> ';
const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);

const page = (headers: HeaderPair[], body: Buffer | string = TEXT): PageResponse => ({
  status: 200,
  headers,
  body: Buffer.from(body),
});

test.each<[string, HeaderPair[]]>([
  ['HTML', [HTML]],
  ['HTML that says no encoding', [['content-type', 'Text/HTML']]],
  ['HTML with an encoding in quotes', [['Content-Type', 'text/html;charset="windows-1252"']]],
])('%s gets smaller, byte for byte what it was otherwise', async (_, headers) => {
  expect((await minifiedPage(page(headers))).body.toString()).toBe(SHORT);
});

test('HTML that came gzipped is stored gzipped, and smaller', async () => {
  const config = parseSiteConfig({ site: 'test' });
  const text = TEXT.repeat(50);
  const response = page([HTML, ['Content-Encoding', 'gzip'], ['ETag', '"1"']], gzipSync(text));
  const form = await storedForm(response, config, NOW, true);
  if (!('page' in form)) throw new Error(form.refused);
  expect(gunzipSync(form.page.body).toString()).toBe(SHORT.repeat(50));
  expect(headerValues(form.page.headers, 'Content-Encoding')).toEqual(['gzip']);
  // Other bytes need another strong validator: RFC 9110 section 8.8.1.
  expect(headerValues(form.page.headers, 'ETag')).toEqual(['W/"1"']);
});

test('an entity tag that is made is one of the smaller page', async () => {
  const config = parseSiteConfig({ site: 'test' });
  const tag = async (body: string, minify: boolean) => {
    const form = await storedForm(page([HTML], body), config, NOW, minify);
    return 'page' in form ? headerValues(form.page.headers, 'ETag').join() : form.refused;
  };
  expect(await tag(TEXT, true)).toBe(await tag(SHORT, false));
  expect(await tag(TEXT, false)).not.toBe(await tag(SHORT, false));
});

test('what is said about the bytes goes with them', async () => {
  const about: HeaderPair[] = [
    ['Content-MD5', 'x'],
    ['Repr-Digest', 'x'],
    ['X-Own', 'y'],
  ];
  expect((await minifiedPage(page([HTML, ...about]))).headers).toEqual([HTML, ['X-Own', 'y']]);
});

test.each<[string, HeaderPair[], (Buffer | string)?]>([
  ['of another type', [['Content-Type', 'text/plain']]],
  ['of XHTML', [['Content-Type', 'application/xhtml+xml']]],
  ['of no type', []],
  ['that must not be transformed', [HTML, ['Cache-Control', 'max-age=5, No-Transform']]],
  ['in UTF-16', [['Content-Type', 'text/html; charset=utf-16']]],
  ['in ISO-2022-JP', [['Content-Type', 'text/html; charset=ISO-2022-JP']]],
  ['that looks like ISO-2022-JP', [HTML], '<p>  \x1b$B  \x1b(B  </p>'],
  ['that looks like UTF-16', [HTML], Buffer.from('<p>  a  </p>', 'utf16le')],
  ['that is no gzip', [HTML, ['Content-Encoding', 'gzip']], 'a  b'],
  ['that is coded otherwise', [HTML, ['Content-Encoding', 'br']], 'a  b'],
  ['of more than 512 KiB', [HTML], 'a  '.repeat(175_000)],
  ['that expands to more than 512 KiB', [HTML, ['Content-Encoding', 'gzip']], gzipSync('a  '.repeat(175_000))],
  ['with too many elements', [HTML], `${'<b>'.repeat(2000)}a  b`],
  ['that gets no smaller', [HTML], SHORT],
])('a page %s stays as it came', async (_, headers, body = TEXT) => {
  const came = page(headers, body);
  expect((await minifiedPage(came)) === came).toBe(true);
});

test('of many at once, those stay as they came for which the processor has no time', async () => {
  const pages = Array.from({ length: 40 }, () => page([HTML]));
  const done = await Promise.all(pages.map(minifiedPage));
  expect(done.filter((one, i) => one === pages[i])).toHaveLength(24);
  expect((await minifiedPage(page([HTML]))).body.toString()).toBe(SHORT);
});

test('the longest route that says something decides, else the site', () => {
  const routes = [
    { path: '/', minify: true },
    { path: '/raw', minify: false },
    { path: '/raw/but', ttl: 5 },
    { path: '/raw/not', minify: true },
  ];
  const site = parseSiteConfig({ site: 'test', storage: { routes } });
  const paths = ['/', '/rawest', '/raw', '/raw/but/1', '/raw/not/1'];
  expect(paths.map((path) => isMinified(site, path))).toEqual([true, true, false, false, true]);
  expect(isMinified(parseSiteConfig({ site: 'test' }), '/')).toBe(false);
  expect(isMinified(parseSiteConfig({ site: 'test', storage: { minify: true } }), '/')).toBe(true);
});
