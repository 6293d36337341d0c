import fc from 'fast-check';
import { keyFault, storedKey } from '../../../lambda/values/key';
import { keyPrefix } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';

const anyKey = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('~', '%', 'E', '9', 'é', ' ', '\n'), minLength: 1, maxLength: 300 }),
);

test.each([
  ['user:42', 'shop:v:user:42'],
  ['Größe', 'shop:v:Gr~C3~B6~C3~9Fe'],
  ['a b~c%d\n', 'shop:v:a~20b~7Ec~25d~0A'],
  ['x'.repeat(243), `shop:v:${'x'.repeat(243)}`],
])('%j is stored under %j', (key, stored) => expect(storedKey('shop', key)).toBe(stored));

test('a key that would be too long is stored under its hash', () => {
  expect(storedKey('shop', 'x'.repeat(244))).toMatch(/^shop:v:~~[0-9a-f]{64}$/);
  expect(storedKey('shop', 'é'.repeat(100))).toMatch(/^shop:v:~~[0-9a-f]{64}$/);
});

test('every key becomes one that Memcached takes and that nginx has in $memcached_key as it is', () => {
  fc.assert(fc.property(anyKey, (key) => expect(storedKey('shop', key)).toMatch(/^[\x21-\x24\x26-\x7e]{1,250}$/)));
});

test('different keys never become the same', () => {
  const stored = new Map<string, string>();
  fc.assert(
    fc.property(anyKey, (key) => {
      const written = storedKey('shop', key);
      expect(stored.get(written) ?? key).toBe(key);
      stored.set(written, key);
    }),
    { numRuns: 2000 },
  );
  // Two that would meet if what is escaped were not escaped itself.
  const [escaped, literal] = [storedKey('shop', 'é'), storedKey('shop', '~C3~A9')];
  expect(escaped).not.toBe(literal);
  // And one that looks like the hash of another.
  const hashed = storedKey('shop', 'x'.repeat(300)).slice('shop:v:'.length);
  expect(storedKey('shop', hashed)).not.toBe(`shop:v:${hashed}`);
});

test('it never is the key of a page, nor of another site', () => {
  const prefix = keyPrefix(parseSiteConfig({ site: 'shop' }));
  fc.assert(fc.property(anyKey, (key) => expect(storedKey('shop', key).startsWith(prefix)).toBe(false)));
  expect(storedKey('shop', 'a')).not.toBe(storedKey('shop-2', 'a'));
});

test.each<[unknown, string]>([
  ['', 'got 0'],
  ['x'.repeat(4097), 'got 4097'],
  ['a\ud800', 'got a lone surrogate in "a\\ud800"'],
  [42, 'got number'],
  [null, 'got null'],
])('%j is no key', (key, fault) => {
  expect(keyFault(key)).toMatch(/^a key must be a text of 1 to 4096 characters/);
  expect(keyFault(key)).toContain(fault);
});

test.each(['a', ' ', '0', '\0', '😀', 'x'.repeat(4096)])('%j is a key', (key) => expect(keyFault(key)).toBeUndefined());
