import { ask, askUntilHit, cacheStatus, type RawAnswer } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { attack, expectUntouched, MARK, newPath } from './attack';
import { startCarelessSite } from './careless-origin';

/*
 * What a site may switch on that lets visitors say more: only what the switch says, and nothing else.
 */

let site: TestSite;
beforeAll(async () => {
  site = await startCarelessSite({
    eligibility: { requestDirectives: 'honour', authorization: 'as-the-page-says' },
    fill: { forwardedHeaders: ['X-Declared', 'Accept-Language'], unstorable: 'answer' },
    storage: { keptFor: 600, staleIfError: 300, keepNoCache: true },
  });
});
afterAll(() => site?.stop());

type Headers = Record<string, string>;
const asked = async (path: string, headers: Headers = {}) => ask(site.address, path, headers);

describe('a header that renderings get', () => {
  test('reaches nobody else where the page says that it differs by it', async () => {
    const path = newPath('/declared');
    site.origin.on(path, ({ headers }, response) =>
      response
        .writeHead(200, { 'Cache-Control': 'public, max-age=600', Vary: 'X-Declared' })
        .end(`for ${String(headers['x-declared'])}`),
    );
    expect((await asked(path, { 'X-Declared': MARK })).body).toBe(`for ${MARK}`);
    for (const other of ['b', 'c']) expect((await asked(path, { 'X-Declared': other })).body).toBe(`for ${other}`);
    expect((await asked(path)).body).toBe('for undefined');
  });

  test.each(['X-Declared-Too', 'XDeclared', 'X_Declared', 'X-Declare', 'Accept-Languages'])(
    'is not one that is only called alike: %s',
    async (name) => {
      const path = newPath('/alike');
      await attack(site, path, { lines: [`${name}: ${MARK}`] });
      expect((await askUntilHit(site.address, path)).body).not.toContain(MARK);
    },
  );

  test.each([
    ['a line end that is encoded', 'a%0d%0aX-Injected: 1'],
    ['a bare CR', 'a\rX-Injected: 1'],
    ['control characters', 'a\x01\x0b\x0c\x1f\x7f'],
    ['raw bytes', '\xc4\x8d\xc4\x8aX-Injected: 1'],
    ['60 kB', 'x'.repeat(60_000)],
  ])('with %s is one header, or none', async (_, value) => {
    const path = newPath('/odd');
    const before = site.origin.received.length;
    await attack(site, path, { lines: [`X-Declared: ${value}`] });
    const requests = site.origin.received.slice(before);
    expect(requests.flatMap(({ headerNames }) => headerNames)).not.toContain('x-injected');
    await asked(path);
  });
});

describe('Authorization that renderings get', () => {
  /** A page for whoever has the right word, and 401 for others. */
  function guarded(cacheControl: string): string {
    const path = newPath('/guarded');
    site.origin.on(path, ({ headers }, response) => {
      const isRight = headers.authorization === `Bearer ${MARK}`;
      response.writeHead(isRight ? 200 : 401, { 'Cache-Control': cacheControl, ETag: '"v1"' });
      response.end(isRight ? `secret of ${MARK}` : 'who?');
    });
    return path;
  }
  const RIGHT = { Authorization: `Bearer ${MARK}` };

  test.each(['max-age=600', 'private, max-age=600', 'no-cache', 'no-store', 'max-age=600, no-cache', 'max-age=0'])(
    'gives a page that says %s to nobody else',
    async (cacheControl) => {
      const path = guarded(cacheControl);
      for (let round = 0; round < 2; round += 1) {
        expect((await asked(path, RIGHT)).body).toContain(MARK);
        for (const other of [
          {},
          { Authorization: 'Bearer wrong' },
          { 'If-None-Match': '"v1"' },
          { 'Cache-Control': 'max-stale' },
          { Range: 'bytes=0-5' },
        ] as Headers[]) {
          const answer = await asked(path, other);
          expect([answer.status, answer.body]).toEqual([401, 'who?']);
        }
      }
    },
  );

  test('that is wrong, however often it is sent, keeps nobody from the page', async () => {
    const path = newPath('/shared');
    site.origin.on(path, ({ headers }, response) => {
      const isWrong = headers.authorization === 'Bearer wrong';
      response
        .writeHead(isWrong ? 401 : 200, { 'Cache-Control': 'public, max-age=600' })
        .end(isWrong ? 'who?' : 'the page');
    });
    for (let i = 0; i < 20; i += 1) expect((await asked(path, { Authorization: 'Bearer wrong' })).status).toBe(401);
    // No note that the page cannot be stored: the next visitor's is.
    expect(cacheStatus(await asked(path))).toBe('fwd=uri-miss; stored');
    expect((await askUntilHit(site.address, path)).body).toBe('the page');
  });
});

describe('what visitors ask of caches', () => {
  test.each([
    'no-cache',
    'max-age=0',
    'no-store',
    'max-stale=99999',
    'min-fresh=99999',
    `no-cache, ${MARK}`,
    'only-if-cached',
    'max-age=x',
    `max-age="${MARK}"`,
  ])('%s leaves everybody else the page that it was', async (directive) => {
    const path = newPath('/asked');
    const lines = [`Cache-Control: ${directive}`, `X-Forwarded-Host: ${MARK}`];
    await attack(site, path, { lines });
    await expectUntouched(site, path);
    await attack(site, path, { lines });
    await expectUntouched(site, path);
  });

  test('only-if-cached for what is not there is nobody else’s answer', async () => {
    const path = newPath('/absent');
    expect((await asked(path, { 'Cache-Control': 'only-if-cached' })).status).toBe(504);
    await expectUntouched(site, path);
  });

  test('max-stale does not bring back what was purged', async () => {
    const path = newPath('/purged');
    const text = (answer: RawAnswer) => answer.body;
    site.origin.on(path, (_, response) => response.writeHead(200, { 'Cache-Control': 'max-age=600' }).end('before'));
    await askUntilHit(site.address, path);
    site.origin.on(path, (_, response) => response.writeHead(200, { 'Cache-Control': 'max-age=600' }).end('after'));
    await site.functions.purge.invoke({ urls: [`http://www.example.com${path}`] });
    expect(text(await asked(path, { 'Cache-Control': 'max-stale=99999, only-if-cached' }))).not.toContain('before');
    expect(text(await asked(path, { 'Cache-Control': 'max-stale=99999' }))).toBe('after');
  });
});
