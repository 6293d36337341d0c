import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { READY_MADE_DEVICES } from '../../lib/site/devices';
import type { SiteConfigInput } from '../../lib/site/site-config';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1';
const TABLET = 'Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36';
const KEYS = { tier: 'f3a1c0de5eedf00dbadc0ffee0ddf00d', role: '0123456789abcdef0123456789abcdef' };

const values = ['free', 'paid'];
const variants = [
  { name: 'language', source: 'language' as const, values: ['en', 'de', 'fr'], cookie: 'lang' },
  { name: 'device', source: 'device' as const, ...structuredClone(READY_MADE_DEVICES) },
  { name: 'tier', source: 'signed-cookie' as const, field: 'tier', values },
  { name: 'role', source: 'signed-cookie' as const, field: 'role', values: ['reader', 'paid'] },
] as NonNullable<NonNullable<SiteConfigInput['key']>['variants']>;

let site: TestSite;
beforeAll(async () => (site = await startTestSite({ key: { variants } }, { variantKeys: KEYS })));
afterAll(() => site?.stop());

let renderings = 0;
let number = 0;

/** A page that says what its rendering was told, at a path of its own. */
function newPage(headers: Record<string, string> = {}, words = say): string {
  const path = `/variant/${(number += 1)}`;
  site.origin.on(path, (request: IncomingMessage, response: ServerResponse) => {
    renderings += 1;
    const text = `${words(request)} ${renderings}`;
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=60', ...headers }).end(text);
  });
  return path;
}
const say = ({ headers }: IncomingMessage) =>
  `${String(headers['accept-language'])} ${String(headers['x-device'])} ${String(headers.cookie)}`;
const textFor = async (path: string, headers: Record<string, string>) => (await ask(site.address, path, headers)).body;
/** The text without the number of its rendering. */
const wordsFor = async (path: string, headers: Record<string, string>) =>
  (await textFor(path, headers)).replace(/ \d+$/, '');

describe('a language', () => {
  const speaking = (language: string, more: Record<string, string> = {}) => ({ 'Accept-Language': language, ...more });

  test('is negotiated, told to the rendering, and shared by all who want it', async () => {
    const path = newPage({ Vary: 'Accept-Language, Cookie' });
    const german = await textFor(path, speaking('de'));
    expect(german).toMatch(/^de desktop lang=de /);
    for (const wish of ['DE', 'de-AT,de;q=0.9,en;q=0.8', 'nl, fr;q=0.1, de-CH;q=0.3', 'de;q=0.001', 'en;q=0, *']) {
      expect(await textFor(path, speaking(wish))).toBe(german);
    }
    const answer = await askUntilHit(site.address, path, speaking('de-CH'));
    expect([answer.body, answer.headers.vary]).toEqual([german, 'Accept-Language, Cookie']);
    expect(await wordsFor(path, speaking('fr'))).toBe('fr desktop lang=fr');
  });

  test('is the first where none is wished for, or none that there is', async () => {
    const path = newPage();
    const english = await textFor(path, {});
    expect(english).toMatch(/^en desktop undefined/);
    for (const wish of ['en-US,en;q=0.5', 'nl', 'x', '*', 'de_DE', 'de;q=0', 'd'.repeat(4000)]) {
      expect(await textFor(path, speaking(wish))).toBe(english);
    }
  });

  test('that a cookie names comes before what the browser wishes for', async () => {
    const path = newPage();
    expect(await wordsFor(path, speaking('fr', { Cookie: 'lang=de' }))).toBe('de desktop lang=de');
    expect(await wordsFor(path, speaking('fr', { Cookie: '_ga=1; lang=en' }))).toBe('en desktop undefined');
    expect(await wordsFor(path, speaking('fr', { Cookie: 'lang=xx' }))).toBe('fr desktop lang=fr');
    const twice = await ask(site.address, path, speaking('fr', { Cookie: 'lang=de; lang=en' }));
    expect(cacheStatus(twice)).toBe('fwd=bypass; detail=cookie');
  });
});

describe('a device', () => {
  test('is known by the User-Agent, told to the rendering, and shared by all who have such a one', async () => {
    const path = newPage({ Vary: 'User-Agent, X-Device' }, ({ headers }) =>
      [headers['x-device'], /Mobi|iPad/.test(headers['user-agent'] ?? '')].join(' '),
    );
    const phone = await textFor(path, { 'User-Agent': PHONE });
    expect(phone).toMatch(/^mobile true/);
    expect(await textFor(path, { 'User-Agent': 'something MOBILE' })).toBe(phone);
    expect(await wordsFor(path, { 'User-Agent': TABLET })).toBe('tablet true');
    expect(await wordsFor(path, { 'User-Agent': 'curl/8.9.1' })).toBe('desktop false');
    expect(await wordsFor(path, {})).toBe('desktop false');
  });

  test('is not what a visitor says in the header of renderings', async () => {
    const path = newPage();
    expect(await wordsFor(path, { 'X-Device': 'mobile' })).toBe('en desktop undefined');
    expect(await wordsFor(path, { 'X-Device': 'desktop', 'User-Agent': PHONE })).toBe('en mobile undefined');
  });

  test('is told with every request that goes past the cache, too', async () => {
    const path = newPage();
    const login = { Cookie: 'session=1', 'X-Device': 'toaster', 'Accept-Language': 'nl' };
    expect(await wordsFor(path, { ...login, 'User-Agent': PHONE })).toBe('nl mobile session=1');
    expect(await wordsFor(path, login)).toBe('nl desktop session=1');
    const posted = await ask(site.address, path, { 'User-Agent': TABLET, 'Content-Length': '0' }, 'POST');
    expect(posted.body).toMatch(/^undefined tablet undefined/);
  });
});

describe('a signed value', () => {
  const LATER = Math.floor(Date.now() / 1000) + 3600;
  // What an application does, and docs/variants.md says.
  const sign = (text: string, key = KEYS.tier) => createHmac('sha256', key).update(text).digest('hex');
  const claim = (value: string, expires = LATER, text = `test tier ${value} ${expires}`, key?: string) =>
    `${value}.${expires}.${sign(text, key)}`;
  const verified = (cookie = ''): string => {
    const [, value, expires, signature] = /(?:^|; )tier=(\w+)\.(\d+)\.(\w+)/.exec(cookie) ?? [];
    if (value === undefined) return 'nobody';
    const good = signature === sign(`test tier ${value} ${expires}`) && Number(expires) > Date.now() / 1000;
    return good ? value : 'FORGED';
  };
  const newSignedPage = () => newPage({ Vary: 'Cookie' }, ({ headers }) => verified(headers.cookie));

  test('chooses the page, and the application finds it signed', async () => {
    const path = newSignedPage();
    const paid = await textFor(path, { Cookie: `tier=${claim('paid')}` });
    expect(paid).toMatch(/^paid /);
    const answer = await askUntilHit(site.address, path, { Cookie: `_ga=1; tier=${claim('paid', LATER + 5)}` });
    expect(answer.body).toBe(paid);
    expect(await wordsFor(path, {})).toBe('nobody');
  });

  test.each<[string, string]>([
    ['a value without a signature', 'paid'],
    ['a signature that has expired', claim('paid', 1_000_000_000)],
    ['a signature for another expiry', claim('paid', LATER, `test tier paid ${LATER - 1}`)],
    ['a signature for another value', claim('paid', LATER, `test tier free ${LATER}`)],
    ['a signature of another cookie', claim('paid', LATER, `test role paid ${LATER}`, KEYS.role)],
    ['a signature for another cookie', claim('paid', LATER, `test role paid ${LATER}`)],
    ['a signature for another site', claim('paid', LATER, `shop tier paid ${LATER}`)],
    ['a signature by another key', claim('paid', LATER, undefined, KEYS.role)],
    ['a signature in upper case', claim('paid').toUpperCase()],
    ['a value that there is not', claim('gold')],
    ['a signed default', claim('free')],
    ['an empty cookie', ''],
  ])('is the default with %s', async (_, cookie) => {
    const path = newSignedPage();
    const shared = await textFor(path, {});
    expect(shared).toMatch(/^nobody /);
    expect(await textFor(path, { Cookie: `tier=${cookie}` })).toBe(shared);
  });

  test('sent twice goes to the application', async () => {
    const path = newSignedPage();
    const twice = await ask(site.address, path, { Cookie: `tier=${claim('paid')}; tier=free` });
    expect(cacheStatus(twice)).toBe('fwd=bypass; detail=cookie');
  });

  test('is in no answer, and neither is its key', async () => {
    const path = newSignedPage();
    const answer = await ask(site.address, path, { Cookie: `tier=${claim('paid')}` });
    for (const secret of [...Object.values(KEYS), claim('paid')]) {
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
  });

  test('is gone after a refresh by a function that has no key: nothing older than the purge is served', async () => {
    const path = newSignedPage();
    const cookie = { Cookie: `tier=${claim('paid')}` };
    const old = await textFor(path, cookie);
    const receipt = await site.functions.purge.invoke({ urls: [`http://www.example.com${path}`], mode: 'refresh' });
    expect(receipt).toMatchObject({ purged: true, pages: { found: 1, refreshed: 0 } });
    const anew = await textFor(path, cookie);
    expect(anew).toMatch(/^paid /);
    expect(anew).not.toBe(old);
  });
});

test('a purge of a URL removes every variant of it', async () => {
  const path = newPage();
  const visitors: Record<string, string>[] = [
    {},
    { 'Accept-Language': 'de' },
    { 'Accept-Language': 'fr', 'User-Agent': PHONE },
  ];
  const old = await Promise.all(visitors.map((headers) => textFor(path, headers)));
  expect(new Set(old).size).toBe(3);
  const receipt = await site.functions.purge.invoke({ urls: [`http://www.example.com${path}`] });
  expect(receipt).toMatchObject({ pages: { found: 3, removed: 3 } });
  const anew = await Promise.all(visitors.map((headers) => textFor(path, headers)));
  expect(anew.filter((text) => old.includes(text))).toEqual([]);
});

test('a page that is pushed for a variant is found by whoever has it', async () => {
  const path = newPage();
  const pushed = { language: 'fr', device: 'tablet' };
  await site.functions.write.invoke({
    pages: [{ url: `http://www.example.com${path}`, body: 'pour tablettes', variants: pushed }],
  });
  const answer = await askUntilHit(site.address, path, { 'Accept-Language': 'fr-BE', 'User-Agent': TABLET });
  expect(answer.body).toBe('pour tablettes');
  expect(await wordsFor(path, { 'Accept-Language': 'fr-BE' })).toBe('fr desktop lang=fr');
});
