import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import { type DjangoSite, startDjangoSite } from '../support/django';

const HTML = 'text/html; charset=utf-8';
const MISS = 'fwd=uri-miss';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe.each([
  { preset: 'django-nginx-memcache', hashed: true, options: { prefix: 'ps', pageVersions: ['', 'large'] } },
  { preset: 'prefix-path', hashed: false, options: { prefix: 'site1' } },
  { preset: 'uri-digest', hashed: true, options: {} },
  { preset: 'custom-key', hashed: false, options: { key: 'CUSTOMKEY' } },
] as const)('pages that Django stores as $preset does', ({ preset, hashed, options }) => {
  let site: DjangoSite;
  beforeAll(async () => {
    const compatibility = { preset, ...options } as never;
    site = await startDjangoSite({ pages: preset, config: { hosts: ['www.example.com'], compatibility } });
  });
  afterAll(() => site?.stop());

  const visit = (target: string, headers: Record<string, string> = {}) => ask(site.address, target, headers);
  const says = (answer: RawAnswer) => [answer.status, cacheStatus(answer)];

  /** The first visitor is answered by Django, all others by nginx, byte for byte. @returns the page. */
  async function isStored(target: string): Promise<string> {
    let rendered = await visit(target);
    expect([target, ...says(rendered)]).toEqual([target, 200, MISS]);
    let found = await visit(target);
    for (; cacheStatus(found) !== 'hit'; found = await visit(target)) {
      // On a busy machine a lookup may be too late: then Django stores another rendering.
      rendered = found;
    }
    expect([found.status, found.headers['content-type'], found.body]).toEqual([200, HTML, rendered.body]);
    return found.body;
  }

  /** Every visitor is answered by Django. */
  async function isDjangos(target: string, detail: string, headers: Record<string, string> = {}): Promise<void> {
    for (let i = 0; i < 2; i += 1) {
      const answered = await site.answered();
      expect([target, ...says(await visit(target, headers))]).toEqual([target, 200, `fwd=bypass; detail=${detail}`]);
      expect(await site.answered()).toBe(answered + 1);
    }
  }

  test('are answered by nginx, without Django', async () => {
    const page = await isStored('/pages/plain');
    expect(page).toMatch(/^<p>rendering \d+ of plain for nobody<\/p>$/);
    const answered = await site.answered();
    const hit = await askUntilHit(site.address, '/pages/plain');
    expect(hit.body === page ? await site.answered() : answered).toBe(answered);
  });

  test('have a query of their own', async () => {
    expect(await isStored('/list')).toContain('of page 1,');
    if (preset === 'prefix-path') await isDjangos('/list?page=2', 'query');
    else expect(await isStored('/list?page=2')).toContain('of page 2,');
  });

  test.each([
    ['a space', '/pages/a%20b', 'a b', hashed],
    ['%', '/pages/100%25', '100%', hashed],
    ['what looks encoded', '/pages/a%2520b', 'a%20b', hashed],
    ['letters outside ASCII', '/pages/caf%C3%A9/%E6%97%A5', 'café/日', preset !== 'custom-key'],
    ['punctuation', '/pages/~(x)!*,:@+$', '~(x)!*,:@+$', true],
    ['a key of over 250 bytes', `/pages/${'x'.repeat(400)}`, 'x'.repeat(400), hashed],
  ])(
    'with %s are found where nginx can ask for them, and Django answers otherwise',
    async (_, target, title, found) => {
      const text = ` of ${Buffer.from(title).toString('latin1')} for nobody`;
      if (found) expect(await isStored(target)).toContain(text);
      else await isDjangos(target, 'key');
      expect((await visit(target)).body).toContain(text);
    },
  );

  test('are never seen by who is logged in, nor made of what such a visitor sees', async () => {
    const login = await ask(site.address, '/log-in', { ...FORM, 'Content-Length': '8' }, 'POST', 'user=Ann');
    const Cookie = login.headers['set-cookie']?.split(';')[0] ?? '';
    await isDjangos('/pages/own', 'cookie', { Cookie });
    expect((await visit('/pages/own', { Cookie })).body).toContain('for Ann');
    expect(await isStored('/pages/own')).toContain('for nobody');
    await isDjangos('/pages/own', 'cookie', { Cookie });
  });

  test('are none that set a cookie, have another type or status, or answer a POST', async () => {
    for (const target of ['/basket', '/feed', '/nothing', '/articles/1']) {
      for (let i = 0; i < 2; i += 1) expect([target, cacheStatus(await visit(target))]).toEqual([target, MISS]);
    }
    await ask(site.address, '/pages/posted', { 'Content-Length': '0' }, 'POST');
    expect(cacheStatus(await visit('/pages/posted'))).toBe(MISS);
  });

  test('are never those of /admin with a key of the URI', async () => {
    if (preset === 'custom-key') await isDjangos('/admin/', 'path');
    else await isStored('/admin/');
  });

  test.each([
    ['/pages/x~y', '/pages/x~y'],
    ['/pages/x~z', '/pages/x%7ez?'],
    ['/pages/%C3%A9~', '/pages/é%7E'],
  ])('%s is purged by the exact URL %s', async (target, purged) => {
    if (target.includes('%') && preset === 'custom-key') return;
    await isStored(target);
    await site.functions.purge.invoke({ exactUrls: [`http://www.example.com${purged}`] });
    expect(cacheStatus(await visit(target))).toBe(MISS);
  });

  test("are Django's while Memcached is gone", async () => {
    await isStored('/pages/last');
    await site.memcached[0]?.stop();
    for (let i = 0; i < 3; i += 1) expect(says(await visit('/pages/last'))).toEqual([200, MISS]);
  });
});
