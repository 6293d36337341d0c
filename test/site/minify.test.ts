import { gzipSync } from 'node:zlib';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const PAGE = `<!doctype html>
<html>
  <head>
    <title>News</title>
    <script>  var a = "  ";  // stays
    </script>
  </head>
  <body class="a  b">
    <!-- the menu -->
    <!--# include virtual="/menu" -->
    <p>Storm   passes,
       the light stays on.</p>
    <pre>  as   it   is  </pre>
  </body>
</html>
`;
// White space that is in no element's text, or in one that the parser has joined, stays.
const MINIFIED = `<!doctype html>
<html>
  <head> <title>News</title> <script>  var a = "  ";  // stays
    </script> </head> <body class="a  b">  <!--# include virtual="/menu" --> <p>Storm passes, the light stays on.</p> <pre>  as   it   is  </pre>
  </body>
</html>
`;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ storage: { minify: true, routes: [{ path: '/raw', minify: false }] } });
});
afterAll(() => site?.stop());

function serve(path: string, headers: Record<string, string>, body: string | Buffer = PAGE, status = 200): void {
  site.origin.on(path, (_, response) => {
    response.writeHead(status, { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=60', ...headers }).end(body);
  });
}

test.each<[string, Record<string, string>, string | Buffer]>([
  ['plain', {}, PAGE],
  ['gzipped', { 'Content-Encoding': 'gzip' }, gzipSync(PAGE)],
])(
  'a page that the origin sends %s is answered and stored smaller, and a miss looks like a hit',
  async (name, headers, body) => {
    serve(`/${name}`, headers, body);
    const miss = await ask(site.address, `/${name}`);
    const hit = await askUntilHit(site.address, `/${name}`);
    expect(cacheStatus(miss)).toBe('fwd=uri-miss; stored');
    expect(miss.body).toBe(MINIFIED);
    expect([hit.body, hit.headers.etag]).toEqual([miss.body, miss.headers.etag]);
  },
);

test('a strong entity tag of the origin becomes a weak one', async () => {
  serve('/tagged', { ETag: '"v1"' });
  expect((await ask(site.address, '/tagged')).headers.etag).toBe('W/"v1"');
  expect((await askUntilHit(site.address, '/tagged', { 'If-None-Match': '"v1"' })).status).toBe(304);
});

test.each<[string, string, Record<string, string>, number?]>([
  ['below a path that is left alone', '/raw/page', {}],
  ['of another type', '/text', { 'Content-Type': 'text/plain' }],
  ['that must not be transformed', '/whole', { 'Cache-Control': 'max-age=60, no-transform' }],
  ['that is not stored', '/private', { 'Cache-Control': 'private' }],
  ['that is an error', '/broken', {}, 503],
])('a page %s stays as it came', async (_, path, headers, status = 200) => {
  serve(path, headers, PAGE, status);
  expect((await ask(site.address, path)).body).toBe(PAGE);
});

test('a page that no parser can make sense of is stored as it came', async () => {
  const nested = `${'<div>'.repeat(2000)}a  b`;
  serve('/nested', {}, nested);
  const miss = await ask(site.address, '/nested');
  expect([cacheStatus(miss), miss.body]).toEqual(['fwd=uri-miss; stored', nested]);
});
