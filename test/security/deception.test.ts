import { decodePath } from '../../lib/site/canonical-path';
import { ask, cacheStatus, type RawAnswer, sendRaw } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { expectNothingStored, expectUntouched, isOwn, MARK } from './attack';
import { startCarelessSite } from './careless-origin';
import { ODD_TARGETS } from './odd-targets';

/*
 * Web cache deception: a victim is led to an address of their own page that a cache takes for a file, or for another page. And
 * path disagreement: what nginx, the key and the application take one address for.
 */

let site: TestSite;
beforeAll(async () => {
  const variants = [{ name: 'pv', source: 'cookie' as const, field: 'pv', values: ['a', 'b'] }];
  site = await startCarelessSite({ key: { variants } });
});
afterAll(() => site?.stop());

const send = (target: string, ...fields: string[]) =>
  sendRaw(
    site.address,
    `${[`GET ${target} HTTP/1.1`, 'Host: www.example.com', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`,
  );

const SESSIONS: [string, string[]][] = [
  ['a session cookie', [`Cookie: session=${MARK}`]],
  ['a session beside harmless cookies and a variant', [`Cookie: _ga=1; pv=b; session=${MARK}; _gid=2`]],
  ['a session in a line of its own', ['Cookie: _ga=1', `Cookie: session=${MARK}`]],
  ['Authorization', [`Authorization: Bearer ${MARK}`]],
];

describe.each(SESSIONS)(
  "a page that is one visitor's own, by %s, is never stored and served to nobody else",
  (_, fields) => {
    test.each(ODD_TARGETS)('asked for as %s', async (target) => {
      const victim = await send(target, ...fields);
      // nginx takes no NUL and nothing that is no target; Node, as the application, neither.
      if (victim.status !== 400 && victim.status !== 404) {
        expect([isOwn(victim), victim.body]).toEqual([true, expect.stringContaining(MARK)]);
      }
      const others = [
        await send(target),
        await send(target),
        await send('/account'),
        await send(target, 'Cookie: pv=b'),
      ];
      expect(JSON.stringify(others)).not.toContain(MARK);
    });

    test('as any of these: nothing of it lies in the store', async () => {
      await expectUntouched(site, '/account');
      await expectNothingStored(site);
    });
  },
);

describe('key and application see the same path', () => {
  // What is the same page for both, by what the key says.
  const pages = new Map<string, string>();

  test.each(ODD_TARGETS)('in %s, or nothing is looked up', async (target) => {
    for (const answer of [await send(target), await send(target)]) {
      if (answer.status === 400 || answer.status === 404) continue;
      expect(answer.status).toBe(200);
      const seen = (JSON.parse(answer.body) as { target: string }).target;
      if (isOwn(answer)) {
        // Of an absolute target, its path goes on (RFC 9112 section 3.2.1).
        if (!target.startsWith('http')) expect(seen).toBe(target);
        expect(cacheStatus(answer)).toMatch(/bypass|detail/);
      } else {
        expect(meaning(seen)).toEqual(meaning(target));
        expectOnePage(answer, seen);
      }
    }
  });

  function expectOnePage({ body }: RawAnswer, seen: string): void {
    const known = pages.get(seen) ?? body;
    pages.set(seen, known);
    expect(body).toBe(known);
  }
});

test('an address of the configuration’s own is no page, and no way to the store', async () => {
  const key = 'test:1.00000000:00000000000000000000000000000000';
  for (const target of [`/.nginx-memcache-site/page?${key}`, '/.nginx-memcache-site/page']) {
    expect((await ask(site.address, target)).status).toBe(404);
  }
});

function meaning(target: string): [path: string, query: string] {
  const [path = '', ...query] = target.split('?');
  return [decodePath(path), query.join('?')];
}
