import type { SiteConfigInput } from '../../lib/site/site-config';
import type { StartSiteOptions } from '../../local/site';
import type { TestSite } from '../support/test-site';
import { type Attack, expectNoHarm, expectNothingStored, expectUntouched, MARK, attack, newPath } from './attack';
import { startCarelessSite } from './careless-origin';

const names = (text: string) => text.trim().split(/\s+/);
// What frameworks, proxies and browsers say.
const SAID = names(`
  X-Forwarded-Host X-Forwarded-Server X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Scheme X-Forwarded-For
  X-Forwarded-By X-Forwarded-SSL X-Forwarded-Path X-Forwarded-Uri Forwarded Via X-Host X-Original-Host
  X-Backend-Host X-HTTP-Host-Override Base-Url X-Url-Scheme Front-End-Https X-Original-URL X-Rewrite-URL
  X-HTTP-Method-Override X-HTTP-Method X-Method-Override X-Original-Method X-Real-IP X-Client-IP True-Client-IP
  CF-Connecting-IP Client-IP X-Remote-Addr X-Remote-User Referer User-Agent Accept Accept-Language
  Accept-Encoding Accept-Charset From DNT Save-Data Sec-Fetch-Mode Sec-CH-UA Sec-GPC Purpose Prefer Max-Forwards
  Expect-CT Content-Type X-WAP-Profile X-ATT-DeviceId X-Amzn-Trace-Id Traceparent X-Request-Id X-Anything-Else
  Pragma Cache-Control If-None-Match If-Modified-Since TE Trailer Keep-Alive Proxy-Connection Cookie2
  Surrogate-Capability Surrogate-Control CDN-Loop Proxy-Authorization X_Forwarded_Host Proxy
`);
// What nginx and the writer say to each other, and what nginx obeys.
const INTERNAL = names(`
  X-Nms-Key X-Nms-Scheme X-Nms-Variants X-Nms-Target X-Nms-Directives X-Nms-Host X-Nms-Origin X-Nms-Method
  X-Nms-May-Store X-Nms-Outcome X-Nms-Status X-Nms-Ttl X-Nms-Times X-Accel-Redirect
`);
// With these, requests go past the cache.
const BYPASSING = names(`
  Authorization Origin Range If-Match X-Requested-With HX-Request RSC Next-Router-State-Tree
`);

const ATTACKS: [string, Attack][] = [
  ...[...SAID, ...INTERNAL, ...BYPASSING].map((name): [string, Attack] => [name, { lines: [`${name}: ${MARK}`] }]),
  ['X-Forwarded-Proto that is another', { lines: ['X-Forwarded-Proto: https', `X-Forwarded-Host: ${MARK}`] }],
  ['X-Forwarded-Host twice', { lines: [`X-Forwarded-Host: a`, `X-Forwarded-Host: ${MARK}`] }],
  ['an undeclared cookie', { lines: [`Cookie: theme=${MARK}`] }],
  ['a harmless cookie', { lines: [`Cookie: _ga=${MARK}`] }],
  ['a harmless cookie with markup', { lines: [`Cookie: _ga="><script>${MARK}</script>`] }],
  ['a cookie in two lines', { lines: ['Cookie: _ga=1', `Cookie: theme=${MARK}`] }],
  ['a body with its length', { lines: [`Content-Length: ${MARK.length}`], body: MARK }],
  ['a body in chunks', { lines: ['Transfer-Encoding: chunked'], body: `a\r\n${MARK}\r\n0\r\n\r\n` }],
  [
    'a form in its body',
    { lines: ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 12'], body: `q=${MARK}` },
  ],
  ['a header that Connection lists', { lines: ['Connection: X-Forwarded-Host, close', `X-Forwarded-Host: ${MARK}`] }],
  ['Connection that lists what renderings get', { lines: [`Connection: Host, X-Forwarded-Proto, ${MARK}`] }],
  ['an upgrade', { lines: ['Connection: Upgrade', `Upgrade: ${MARK}`] }],
  ['a value of 60 kB', { lines: [`X-Anything: ${MARK}${'x'.repeat(60_000)}`] }],
  ['nine hundred headers', { lines: Array.from({ length: 900 }, (_, i) => `X-${i}: ${MARK}`) }],
  ['a value with control characters', { lines: [`X-Forwarded-Host: a\x01\x02\x1b\x7f${MARK}`] }],
  ['a value with raw bytes', { lines: [`X-Forwarded-Host: \xc4\x8d\xc4\x8a${MARK}`] }],
];

const PERMISSIVE: Partial<SiteConfigInput> = {
  eligibility: { requestDirectives: 'honour' },
  fill: { forwardedHeaders: ['X-Declared'], unstorable: 'answer' },
  storage: { staleIfError: 60, keptFor: 120, keepNoCache: true, staleWhileRevalidate: 30 },
  perNodeCache: { size: 1_048_576 },
};

describe.each<[string, Partial<SiteConfigInput>, Partial<StartSiteOptions>]>([
  ['a site', {}, {}],
  ['a site with a fill function', {}, { fill: 'function' }],
  ['a site that believes visitors as much as it can', PERMISSIVE, {}],
])('on %s, no stored byte depends on', (_, config, options) => {
  let site: TestSite;
  beforeAll(async () => (site = await startCarelessSite(config, options)));
  afterAll(() => site?.stop());

  test.each(ATTACKS)('%s', async (__, one) => {
    await expectNoHarm(site, one);
  });

  test.each(['utm_source', 'utm_%63ampaign', 'gclid', 'fbclid', 'UTM_source'.toLowerCase(), '%75tm_x'])(
    'the tracking parameter %s, with a script',
    async (name) => {
      const path = newPath();
      const markup = `%3Cscript%3E${MARK}%3C/script%3E`;
      await attack(site, path, { line: `GET ${path}?${name}=${markup}` });
      await expectUntouched(site, path);
    },
  );

  test('a HEAD: the page that it leaves is whole', async () => {
    const path = newPath();
    const head = await attack(site, path, { line: `HEAD ${path}`, lines: [`X-Forwarded-Host: ${MARK}`] });
    expect(head.body).toBe('');
    await expectUntouched(site, path);
  });

  test('any of these: nothing of them lies in the store', async () => {
    await expectNothingStored(site);
  });
});
