import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { tokenIn, tokenOf } from '../../../lambda/core/token-search';
import { parseSiteConfig } from '../../../lib/site/site-config';

const VALUE = 'Zt7Xk2mN9pQ4rS6u';

test.each([
  ['Django', `<input type="hidden" name="csrfmiddlewaretoken" value="${VALUE}">`],
  ['Rails’ form', `<input type="hidden" name="authenticity_token" value="${VALUE}" autocomplete="off" />`],
  ['Rails’ head', `<meta name="csrf-token" content="${VALUE}" />`],
  ['Laravel', `<input type='hidden' name='_token' value='${VALUE}'>`],
  ['Symfony', `<input type="hidden" id="f__token" name="contact[_token]" value="${VALUE}" />`],
  ['ASP.NET', `<input name="__RequestVerificationToken" type="hidden" value="${VALUE}" />`],
  ['ASP.NET, below a path', `<input name="__RequestVerificationToken_L3NpdGU1" type="hidden" value="${VALUE}" />`],
  ['Spring', `<meta name="_csrf" content="${VALUE}"/>`],
  ['Express', `<INPUT VALUE=${VALUE} NAME=_csrf>`],
  ['Flask', `<input id="csrf_token" name="csrf_token" type="hidden" value="${VALUE}">`],
  ['Angular’s cookie, as a meta', `<meta content="${VALUE}" name="XSRF-TOKEN">`],
  ['CodeIgniter', `<input type="hidden" name="csrf_test_name" value="${VALUE}">`.replace('_test_name', '_test')],
  ['Drupal', `<input type="hidden" name="form_token" value="${VALUE}" />`],
  ['Joomla', `<input type="hidden" name="${'0123456789abcdef'.repeat(2)}" value="1">`],
  ['lines between the attributes', `<input\n  name="_csrf"\n  value="${VALUE}"\n>`],
  ['a script’s variable', `<script>window.csrfToken = "${VALUE}";</script>`],
  ['a script’s object', `<script>var app = {'X-CSRF-TOKEN': '${VALUE}'}</script>`],
  ['JSON', `{"user":null,"csrfToken":"${VALUE}"}`],
  ['JSON in an attribute', `<div data-page="{&quot;csrfToken&quot;:&quot;${VALUE}&quot;}">`],
  ['JSON in a text of JSON', `{"props":"{\\"csrf_token\\":\\"${VALUE}\\"}"}`],
  ['an attribute of its own', `<body data-csrf-token="${VALUE}">`],
  ['JSON with spaces', `{ "_csrf" : "${VALUE}" }`],
  ['Laravel’s Js::from', `<script>let a = JSON.parse('{\\u0022csrfToken\\u0022:\\u0022${VALUE}\\u0022}')</script>`],
  ['CakePHP’s json_encode', `<script>let csrfToken = "abcdefg\\/hijk+1lmn\\/opqrstuv==";</script>`],
  ['Go, in a script', `<script>let csrf = "abcdefg\\u002bhijk1lmn\\/opqrstuv\\u003d";</script>`],
  ['Go, in an attribute', `<body data-csrf="abcdefg&#43;hijk1lmnopqrstuv&#61;">`],
  ['HTML in JSON', `{"html":"<input type=\\"hidden\\" name=\\"_token\\" value=\\"${VALUE}\\">"}`],
  ['HTML in JSON, escaped', `{"html":"\\u003cinput name=\\u0022_token\\u0022 value=\\u0022${VALUE}\\u0022\\u003e"}`],
  ['Spring, as JSON', `{"headerName":"X-CSRF-TOKEN","parameterName":"_csrf","token":"${VALUE}"}`],
  ['an object of its own', `<script>var app = {csrf: {token: '${VALUE}'}}</script>`],
  ['a template literal', `<script>const csrf = \`${VALUE}\`</script>`],
  ['an attribute without quotes', `<body data-csrf-token=${VALUE} class=a>`],
  ['OWASP’s CSRFGuard, in a link', `<a href="/transfer?OWASP_CSRFTOKEN=${VALUE}">`],
  ['XenForo', `<html data-csrf="1767225600,0123456789abcdef0123456789abcdef">`],
  ['Joomla, for scripts', `<script type="application/json">{"csrf.token":"${'0123456789abcdef'.repeat(2)}"}</script>`],
  ['XenForo’s form', `<input type="hidden" name="_xfToken" value="1767225600,0123456789abcdef">`],
  ['CakePHP’s form', `<input type="hidden" name="_Token[fields]" value="${VALUE}">`],
  ['Grails', `<input type="hidden" name="SYNCHRONIZER_TOKEN" value="${VALUE}">`],
  ['Moodle', `<input type="hidden" name="sesskey" value="aB3dE5fG7h">`],
  ['Invision', `<script>ips.csrfKey = '${VALUE}'</script>`],
])('a token of %s is found', (_, html) => {
  expect(tokenOf(html)).toBe('csrf-token');
  expect(tokenOf(`<!doctype html><p>a > b</p>${html}<p>`)).toBe('csrf-token');
});

test.each([
  ['a script', `<script nonce="${VALUE}">`],
  ['a style', `<style type="text/css" nonce='${VALUE}'>`],
  ['a link', `<link rel=stylesheet href=/x.css nonce=${VALUE}>`],
  ['Rails’ meta', `<meta name="csp-nonce" content="${VALUE}" />`],
  ['Vite’s meta', `<meta property="csp-nonce" nonce="${VALUE}">`],
  ['a policy in the page', `<meta http-equiv="Content-Security-Policy" content="script-src 'nonce-${VALUE}'">`],
])('a nonce of %s is found', (_, html) => {
  expect(tokenOf(`<html>${html}`)).toBe('nonce');
});

test.each([
  ['text about it', '<p>csrf-token: how csrfmiddlewaretoken works, and a nonce="x"</p>'],
  ['an empty field, which a script fills in', '<input type="hidden" name="_token" value="">'],
  ['a field without a value', '<input name="csrf_token">'],
  ['an empty nonce, as browsers show it', '<script nonce="">'],
  ['the name of the field', '<meta name="csrf-param" content="authenticity_token" />'],
  ['the name of the header', '<meta name="_csrf_header" content="X-CSRF-TOKEN-2024-07"/>'],
  ['names in a script', `{"csrfCookieName":"csrftoken-of-2024-site","xsrfHeaderName":"x-xsrf-token-v2-0000"}`],
  ['a word where a token would be', `{"csrfToken":"csrfmiddlewaretoken"}`],
  [
    'Symfony’s place for a token of a script’s',
    '<input name="_csrf_token" value="csrf-token" data-controller="csrf-protection">',
  ],
  ['an address', '{"csrfEndpoint":"/api/v1/csrf-token/refresh-2"}'],
  ['the description of a policy', `<meta name="description" content="script-src 'nonce-0123456789'">`],
  ['another field', `<input name="q" value="${VALUE}"><input name="token_count" value="3">`],
  ['a fragment in its place', '<form><!--# include virtual="/csrf" --></form>'],
])('%s is no token', (_, html) => {
  expect(tokenOf(html)).toBeUndefined();
});

test('wherever it stands, in whatever text', () => {
  const text = fc.string({ maxLength: 200 }).map((s) => s.replace(/<[^>]*$/, ''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(tokenOf(`${before}<input name="_csrf" value="${VALUE}">${after}`)).toBe('csrf-token');
    }),
    { numRuns: 2000 },
  );
});

test('in no text without its words', () => {
  const harmless = fc
    .array(fc.constantFrom('<input ', '<meta ', '<script ', 'name=', 'value=', '"', "'", '>', 'a', '1', ' ', '=', ':'))
    .map((words) => words.join(''));
  fc.assert(
    fc.property(harmless, (html) => {
      expect(tokenOf(html)).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

describe('of a page,', () => {
  const config = parseSiteConfig({ site: 'demo' });
  const html = `<form><input name="_csrf" value="${VALUE}"></form>`;
  const page = (body: string | Buffer, headers: [string, string][]) => ({
    ...{ status: 200, headers, body: Buffer.from(body) },
  });
  const HTML: [string, string] = ['Content-Type', 'text/html; charset=utf-8'];

  test('a body in gzip is read', async () => {
    const found = tokenIn(page(gzipSync(html), [HTML, ['Content-Encoding', 'gzip']]), '/', config);
    expect(await found).toBe('csrf-token');
  });

  test('one that is no gzip though it says so, or expands to more than anybody reads, is not stored', async () => {
    const gzip: [string, string] = ['Content-Encoding', 'gzip'];
    const small = parseSiteConfig({ site: 'demo', limits: { pageSize: 1024 } });
    for (const body of [Buffer.from('\x1f\x8bnothing', 'latin1'), gzipSync(' '.repeat(9000))]) {
      expect(await tokenIn(page(body, [HTML, gzip]), '/', small)).toBe('content-encoding');
    }
  });

  test('a picture or a script file is not read', async () => {
    for (const type of ['image/png', 'text/javascript', 'text/css', 'application/pdf']) {
      expect(await tokenIn(page(html, [['Content-Type', type]]), '/', config)).toBeUndefined();
    }
  });

  test('what browsers take for HTML is read: a page without a type, one with an odd end, a stream of Turbo', async () => {
    const types = ['text/html, charset=utf-8', 'text/vnd.turbo-stream.html'];
    for (const headers of [[], ...types.map((type): [string, string][] => [['Content-Type', type]])]) {
      expect(await tokenIn(page(html, headers), '/', config)).toBe('csrf-token');
    }
  });

  test.each(['Content-Security-Policy', 'content-security-policy-report-only'])(
    'a nonce in %s counts',
    async (name) => {
      const policy: [string, string] = [name, `script-src 'self' 'nonce-${VALUE}'`];
      expect(await tokenIn(page('', [policy]), '/', config)).toBe('nonce');
      expect(await tokenIn(page('', [[name, "script-src 'self'"]]), '/', config)).toBeUndefined();
    },
  );

  test('the longest route decides whether it counts, and then the site', async () => {
    const routes = [
      { path: '/search', storeTokens: true },
      { path: '/search/own', storeTokens: false },
    ];
    const asked = (path: string, storeTokens = false) =>
      tokenIn(page(html, [HTML]), path, parseSiteConfig({ site: 'demo', storage: { routes, storeTokens } }));
    expect(await asked('/search/all')).toBeUndefined();
    expect(await asked('/search/own/1')).toBe('csrf-token');
    expect(await asked('/other')).toBe('csrf-token');
    expect(await asked('/other', true)).toBeUndefined();
    expect(await asked('/search/own/1', true)).toBe('csrf-token');
  });
});
