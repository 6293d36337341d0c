import fc from 'fast-check';
import { canonicalPath, decodePath } from '../../../lib/site/canonical-path';

test.each([
  ['/', '/'],
  ['/items/', '/items/'],
  ['/%61%7e', '/a~'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/a%20b', '/a%20b'],
  ['/100%25', '/100%25'],
  ['/%2525', '/%2525'],
  ['/"<>', '/%22%3C%3E'],
  ["/it's;v=1", "/it's;v=1"],
  ['/...', '/...'],
])('%s is written %s', (raw, canonical) => expect(canonicalPath(raw)).toBe(canonical));

test.each([
  '',
  'a',
  '//',
  '/a//b',
  '/./a',
  '/a/..',
  '/%2e/a',
  '/a/%2E.',
  '/..;/a',
  '/a%2Fb',
  '/a%5cb',
  '/a\\b',
  '/a%00',
  '/a%0a',
  '/a%7f',
  '/a#b',
  '/a?b',
  '/a%3Bb',
  '/a%26b',
  '/a%zz',
  '/a%',
  '/caf\xc3\xa9',
  '/a b',
  '/a\x01',
])('%j is odd', (raw) => expect(canonicalPath(raw)).toBeUndefined());

test('a canonical path is its own canonical path, and has the same bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'/a.;%25aF3"~ é') }), (text) => {
      const canonical = canonicalPath(`/${text}`);
      fc.pre(canonical !== undefined);
      expect(canonicalPath(canonical)).toBe(canonical);
      expect(decodePath(canonical)).toBe(decodePath(`/${text}`));
    }),
    { numRuns: 2_000 },
  );
});
