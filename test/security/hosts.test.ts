import type { SiteConfigInput } from '../../lib/site/site-config';
import { askUntilHit, sendRaw } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { expectUntouched, isOwn, newPath } from './attack';
import { startCarelessSite } from './careless-origin';
import { countItems } from './stored-text';

const OWN = 'www.example.com';
type Lines = (path: string) => string[];
const asks =
  (host: string): Lines =>
  (path) => [`GET ${path} HTTP/1.1`, `Host: ${host}`];

const REQUESTS: [string, Lines][] = [
  ['in upper case', asks('WWW.EXAMPLE.COM')],
  ['with a port', asks(`${OWN}:80`)],
  ['with an odd port', asks(`${OWN}:65535`)],
  ['with a port that is none', asks(`${OWN}:99999999`)],
  ['with a port of letters', asks(`${OWN}:evil`)],
  ['with an empty port', asks(`${OWN}:`)],
  ['with two ports', asks(`${OWN}:80:81`)],
  ['with a dot at its end', asks(`${OWN}.`)],
  ['with a dot and a port', asks(`${OWN}.:80`)],
  ['with two dots', asks('www..example.com')],
  ['with a space at its end', asks(`${OWN} `)],
  ['with a tab in it', asks(`www.example.com\tevil`)],
  ['with a space in it', asks(`${OWN} evil`)],
  ['with a comma', asks(`${OWN}, evil.example`)],
  ['with a semicolon', asks(`${OWN};evil`)],
  ['with somebody before it', asks(`evil@${OWN}`)],
  ['with somebody behind it', asks(`${OWN}:80@evil.example`)],
  ['with a path', asks(`${OWN}/evil`)],
  ['with a query', asks(`${OWN}?evil`)],
  ['with a fragment', asks(`${OWN}#evil`)],
  ['with a backslash', asks(`${OWN}\\evil`)],
  ['with a percent sign', asks(`${OWN}%00evil`)],
  ['with markup', asks(`${OWN}"><script>`)],
  ['with a bar', asks(`${OWN}||x|GET`)],
  ['with a control character', asks(`${OWN}\x01`)],
  ['with raw bytes', asks('www.ex\xe4mple.com')],
  ['in punycode', asks('xn--www-example-com')],
  ['of 300 bytes', asks(`${'a'.repeat(60)}.`.repeat(5))],
  ['that is an address', asks('127.0.0.1')],
  ['that is an address of IPv6', asks('[::1]')],
  ['that is an address of IPv6 with a port', asks('[::1]:80')],
  ['that is empty', asks('')],
  ['that is not there', (path) => [`GET ${path} HTTP/1.1`]],
  ['that is not there, in HTTP/1.0', (path) => [`GET ${path} HTTP/1.0`]],
  ['that is there twice', (path) => [`GET ${path} HTTP/1.1`, `Host: ${OWN}`, 'Host: evil.example']],
  ['that is there twice, the other first', (path) => [`GET ${path} HTTP/1.1`, 'Host: evil.example', `Host: ${OWN}`]],
  ['that is there twice, the same', (path) => [`GET ${path} HTTP/1.1`, `Host: ${OWN}`, `Host: ${OWN}`]],
  ['in an absolute target', (path) => [`GET http://${OWN}${path} HTTP/1.1`, `Host: ${OWN}`]],
  ['in an absolute target beside another', (path) => [`GET http://${OWN}${path} HTTP/1.1`, 'Host: evil.example']],
  ['of another in an absolute target', (path) => [`GET http://evil.example${path} HTTP/1.1`, `Host: ${OWN}`]],
  ['with somebody in an absolute target', (path) => [`GET http://evil@${OWN}${path} HTTP/1.1`, `Host: ${OWN}`]],
  ['of another', asks('evil.example')],
  ['that ends like it', asks(`evil${OWN}`)],
  ['that begins like it', asks(`${OWN}.evil.example`)],
  ['that is folded', (path) => [`GET ${path} HTTP/1.1`, 'Host:', ` ${OWN}`]],
  [
    'in a line with a space before its colon',
    (path) => [`GET ${path} HTTP/1.1`, `Host : evil.example`, `Host: ${OWN}`],
  ],
];

describe.each<[string, Partial<SiteConfigInput>]>([
  ['a site with one host', { hosts: [OWN] }],
  ['a site of any host', {}],
])('%s, asked with a host', (kind, config) => {
  let site: TestSite;
  beforeAll(async () => (site = await startCarelessSite(config)));
  afterAll(() => site?.stop());

  test.each(REQUESTS)('%s', async (_, lines) => {
    const path = newPath();
    const answer = await sendRaw(site.address, `${[...lines(path), 'Connection: close'].join('\r\n')}\r\n\r\n`);
    // The one page of the host, an answer of the application's to what was said, or a refusal.
    expect([200, 400, 421]).toContain(answer.status);
    if (answer.status === 200 && !isOwn(answer)) {
      const { fields } = JSON.parse(answer.body) as { fields: string[] };
      const host = fields[fields.findIndex((name) => name.toLowerCase() === 'host') + 1] ?? '';
      expect(host).toMatch(/^[a-z0-9]+(?:[._-][a-z0-9-]+)*$/);
      if (kind === 'a site with one host') expect(host).toBe(OWN);
    }
    await expectUntouched(site, path);
  });

  test('makes one page for each path of its own', async () => {
    if (kind !== 'a site with one host') return;
    const path = newPath();
    await askUntilHit(site.address, path);
    const before = await countItems(site);
    for (const [, lines] of REQUESTS) {
      await sendRaw(site.address, `${[...lines(path), 'Connection: close'].join('\r\n')}\r\n\r\n`);
    }
    expect(await countItems(site)).toBe(before);
  });
});
