import { ask, cacheStatus, sendRaw } from '../support/raw-http';
import { type TestSite, startTestSite } from '../support/test-site';

const ASKED = { 'Surrogate-Control': 'content="SSI/1.0"' };
const LASTS = { 'Cache-Control': 'max-age=600' };
const GOOD = '<!--#include virtual="/fragments/a" -->';
const COMMANDS = `${GOOD}<!--#echo var="http_cookie" --><!--#exec cmd="id" --><!--#if expr="1" -->`;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ fragments: { cachedPaths: ['/fragments'], privatePaths: ['/own'], pages: ['/shop'] } });
  for (const path of ['/fragments/a', '/admin', '/fragments-old/a', '/own/a', '/fragments/etc/passwd']) {
    site.origin.on(path, (_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' }).end(`INCLUDED ${path}`),
    );
  }
});
afterAll(() => site?.stop());

function serve(path: string, body: string, headers: Record<string, string> = {}, status = 200) {
  site.origin.on(path, (_, response) => response.writeHead(status, { ...LASTS, ...headers }).end(body));
}

/** The bodies of a miss, a hit, a hit of HTTP/1.0, and past the cache. */
async function everyWay(path: string): Promise<string[]> {
  const secret = { Cookie: 'session=hidden' };
  const old = () => sendRaw(site.address, `GET ${path} HTTP/1.0\r\nHost: www.example.com\r\n\r\n`);
  const answers = [await ask(site.address, path), await ask(site.address, path), await old()];
  return [...answers, await ask(site.address, path, secret)].map(({ body }) => body);
}

describe('a page whose origin did not ask stays as it is,', () => {
  test.each<Record<string, string>>([
    { 'Content-Type': 'text/html' },
    { 'Content-Type': 'Text/HTML' },
    { 'Content-Type': 'text/html; charset=utf-8' },
    { 'Content-Type': 'text/html;charset=UTF-8' },
    { 'Content-Type': 'text/html; charset="utf-8"' },
    { 'Content-Type': 'text/html ; charset=utf-8' },
    { 'Content-Type': 'text/html; level=1; charset=utf-8' },
    { 'Content-Type': 'text/html;' },
    { 'Content-Type': 'text/html; charset=utf-8;' },
    { 'Content-Type': 'text/html; charset=utf-8; level=1' },
    { 'Content-Type': 'text/html; charset=utf-8; charset=utf-8' },
    { 'Content-Type': 'text/html; charset="a;b"' },
    { 'Content-Type': 'text/html; charset=utf-8; level=1', ...ASKED },
    { 'Content-Type': 'text/html', 'Surrogate-Control': 'content="ESI/1.0"' },
    { 'Content-Type': 'text/html', 'Surrogate-Control': 'max-age=60' },
    { 'Content-Type': 'text/html', 'X-Surrogate-Control': 'content="SSI/1.0"' },
    { 'Content-Type': 'application/xhtml+xml', ...ASKED },
    { 'Content-Type': 'text/plain', ...ASKED },
    { ...ASKED },
  ])('with %p', async (headers) => {
    const path = `/comment/${Buffer.from(JSON.stringify(headers)).toString('hex')}`;
    serve(path, COMMANDS, headers);
    expect(await everyWay(path)).toEqual(Array(4).fill(COMMANDS));
    const { headers: sent } = await ask(site.address, path);
    // Forms of the same type (RFC 9110 section 8.3.1).
    const form = (type = '') => type.replace(/ +;/, ';').replace(/;$/, '').replace(/"/g, '').replace(/; */, ';');
    expect(form(sent['content-type'])).toBe(form(headers['Content-Type']));
  });

  test('also where a visitor claims to be the origin', async () => {
    serve('/claimed', COMMANDS, { 'Content-Type': 'text/html' });
    for (const headers of [ASKED, ASKED, { ...ASKED, Cookie: 'session=1' }]) {
      expect((await ask(site.address, '/claimed', headers)).body).toBe(COMMANDS);
    }
  });

  test('also where its address only looks like one that has fragments', async () => {
    for (const target of [
      '/comments/..%2fshop/x',
      '/shop%2fx',
      '/shop/../comments',
      '//shop/x',
      '/shopping',
      '/%73hop/x',
    ]) {
      serve(target, COMMANDS, { 'Content-Type': 'text/html' });
      for (const headers of [{}, { Cookie: 'session=1' }] as Record<string, string>[]) {
        expect([target, (await ask(site.address, target, headers)).body]).toEqual([target, COMMANDS]);
      }
    }
  });
});

test('a part of a page is none', async () => {
  serve('/part', GOOD, { 'Content-Type': 'text/html', ...ASKED, 'Content-Range': 'bytes 0-38/100' }, 206);
  const answer = await ask(site.address, '/part', { Range: 'bytes=0-38' });
  expect([answer.status, answer.body]).toEqual([206, GOOD]);
});

describe('in a page whose origin asked, nothing is obeyed but an include of a fragment:', () => {
  test.each([
    '<!--#include file="/fragments/a" -->',
    '<!--#include file="../../../../etc/passwd" -->',
    '<!--#include virtual="/fragments/a" file="/admin" -->',
    '<!--#include virtual="http://127.0.0.1/admin" -->',
    '<!--#include virtual="/fragments/a?$http_cookie" -->',
    '<!--#include virtual="/fragments/$cookie_session" -->',
    '<!--#include virtual="/fragments/a" set="x" --><!--#echo var="x" -->',
    '<!--#include virtual="/fragments/a" stub="x" -->',
    '<!--#include virtual="/fragments/a" wait="yes" -->',
    '<!--#include virtual="/fragments/a\u0000b" -->',
    '<!--#include virtual="/fragments/a\r\nX-Injected: 1" -->',
    '<!--#exec cmd="id" -->',
    '<!--#echo var="http_cookie" -->',
    '<!--#echo var="HTTP_COOKIE" encoding="none" -->',
    '<!--#set var="x" value="$http_cookie" --><!--#echo var="x" -->',
    '<!--#if expr="$http_cookie = /hidden/" -->yes<!--#else -->no<!--#endif -->',
    '<!--#block name="x" -->b<!--#endblock -->',
    '<!--#config errmsg="x" timefmt="%s" -->',
    '<!--#',
  ])('%s', async (command) => {
    const path = `/asked/${Buffer.from(command).toString('hex')}`;
    serve(path, `<p>${command}</p>`, { 'Content-Type': 'text/html', ...ASKED });
    const asked = site.origin.received.length;
    const inert = `<p>${command.replaceAll('<!--#', '<!-- ')}</p>`;
    expect(await everyWay(path)).toEqual(Array(4).fill(inert));
    expect(site.origin.received.slice(asked).map(({ target }) => target)).toEqual([path, path]);
  });

  test.each([
    '/admin',
    '/fragments-old/a',
    '/',
    '//www.example.com/fragments/a',
    '//fragments/a',
    '/.nginx-memcache-site/page?x',
    '/%2e%6e%67inx-memcache-site/page',
    '/fragments/../admin',
    '/fragments/%2e%2e/admin',
    '/fragments/..%2Fadmin',
    '/fragments/..;/admin',
    '/fragments/%2e%2e%3Bx/admin',
    '/fragments/.;/a',
    '/fragments/%00',
  ])('a hole for %s', async (target) => {
    const path = `/asked/${Buffer.from(target).toString('hex')}`;
    serve(path, `[<!--#include virtual="${target}" -->]`, { 'Content-Type': 'text/html', ...ASKED });
    const asked = site.origin.received.length;
    expect(await everyWay(path)).toEqual(Array(4).fill('[]'));
    expect(site.origin.received.slice(asked).map((request) => request.target)).toEqual([path, path]);
  });

  test('what is named like a file is asked of the origin, and nothing is read', async () => {
    serve('/named', '[<!--#include virtual="/fragments/etc/passwd" -->]', { 'Content-Type': 'text/html', ...ASKED });
    expect(new Set(await everyWay('/named'))).toEqual(new Set(['[INCLUDED /fragments/etc/passwd]']));
  });
});

test('a site without fragments obeys nothing, and lets Surrogate-Control out', async () => {
  const other = await startTestSite();
  try {
    other.origin.on('/page', (_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', ...LASTS, ...ASKED }).end(COMMANDS),
    );
    const answers = [
      await ask(other.address, '/page'),
      await ask(other.address, '/page'),
      await ask(other.address, '/page', { Cookie: 'session=1' }),
    ];
    expect(answers.map(cacheStatus)).toEqual(['fwd=uri-miss; stored', 'hit', 'fwd=bypass; detail=cookie']);
    expect(answers.map(({ body }) => body)).toEqual(Array(3).fill(COMMANDS));
    expect(answers[0]?.headers['surrogate-control']).toBe(ASKED['Surrogate-Control']);
    expect(other.origin.received.map(({ headers }) => headers['surrogate-capability'])).toEqual([undefined, undefined]);
  } finally {
    await other.stop();
  }
});
