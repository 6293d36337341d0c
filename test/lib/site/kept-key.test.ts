import { keptKey, placingKey } from '../../../lib/site/kept-key';
import { keySpecVersion, pageKey } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';

const longestName = { site: 's'.repeat(32), key: { version: 999_999 } };
const keyOf = (storage: object) =>
  pageKey(parseSiteConfig({ ...longestName, storage }), {
    scheme: 'https',
    host: 'example.com',
    path: '/',
    query: '',
    variants: {},
  });

test('a page key says by itself whether a copy of the page may be kept, and under which key', () => {
  expect(keptKey(keyOf({}))).toBeUndefined();
  const key = keyOf({ keptFor: 60 });
  expect(keptKey(key)).toBe(`${key}:kept`);
  expect(keptKey(`${key}:kept`)).toBeUndefined();
});

test.each(['/a:kept', ':1:prefix:/a:kept', 'demo:1.0123abcd:/a:kept', 'demo:1.0123abcdk:/a:kept'])(
  'a key of an application that stores its pages itself is what it is: %s',
  (key) => expect([placingKey(key), keptKey(key)]).toEqual([key, undefined]),
);

test('a kept key is one that Memcached takes', () => {
  expect(keptKey(keyOf({ keptFor: 60 }))).toMatch(/^[\x21-\x7e]{1,250}$/);
});

test('a copy lies where its page lies', () => {
  const key = keyOf({ keptFor: 60 });
  expect([placingKey(key), placingKey(keptKey(key) as string)]).toEqual([key, key]);
});

describe('the spec version', () => {
  const version = (storage: object) => keySpecVersion(parseSiteConfig({ site: 'demo', storage }));

  test('of a site without copies is not changed by them, nor by what is said of its lifetimes', () => {
    expect(version({})).toMatch(/^1\.[0-9a-f]{8}$/);
    expect(version({ keptFor: 0, maxTtl: 60 })).toBe(version({}));
  });

  test('of a site with copies tells so, and changes with the life of the rows by which they are found', () => {
    expect(version({ keptFor: 60 })).toMatch(/^1\.[0-9a-f]{8}k$/);
    expect(version({ keptFor: 60, staleIfError: 30 })).toBe(version({ keptFor: 60 }));
    const all = [{}, { keptFor: 60 }, { keptFor: 61 }, { keptFor: 60, maxTtl: 60 }].map(version);
    expect(new Set(all).size).toBe(all.length);
  });
});
