import fc from 'fast-check';
import { parseSiteConfig } from '../../../../lib/site/site-config';
import { parsePageAddress } from '../../../../lambda/core/page-address';
import { objectUrls, s3EventBridgeRequest, s3NotificationRequest } from '../../../../lambda/adapters/purge-events/s3';
import { s3Notification, s3OnEventBridge } from '../../purge-events/events';

const rule = { url: 'https://www.example.com/{key}', prefix: '', index: 'index.html' };
const paths = (key: string, changed: Partial<typeof rule> = {}) =>
  objectUrls({ ...rule, ...changed }, key).map((url) => url.replace('https://www.example.com', ''));

test.each([
  ['a.html', '/a.html'],
  ['a/b/c', '/a/b/c'],
  ['a/', '/a/'],
  ['two words', '/two%20words'],
  ['café/日本', '/caf%C3%A9/%E6%97%A5%E6%9C%AC'],
  ['100%', '/100%25'],
  ['%41', '/%2541'],
  ["-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"],
  ['a[1]', '/a[1]'],
  ['"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
  ['$&$1$$', '/$&$1$$'],
  ['{key}', '/%7Bkey%7D'],
  ['😀', '/%F0%9F%98%80'],
])('the object %s is the page %s', (key, path) => {
  expect(paths(key)).toEqual([path]);
});

test.each(['a//b', '/a', 'a/../b', './a', '..', 'a#b', 'a?b', 'a\\b', 'a\u0001b'])(
  'the object %j is no page that is ever cached',
  (key) => {
    expect(paths(key)).toEqual([]);
  },
);

test('every URL is one that the purge function takes, whatever the key is', () => {
  const config = parseSiteConfig({ site: 'test' });
  const keys = Array.from({ length: 0x300 }, (_, code) => `a${String.fromCharCode(code)}b`);
  const urls = keys.flatMap((key) => objectUrls(rule, key));
  expect(urls.length).toBeGreaterThan(700);
  expect(urls.filter((url) => Array.isArray(parsePageAddress(config, url)))).toEqual([]);
});

test('whatever a key is made of, its pages are below the rule’s URL on its host, and no other key has them', () => {
  const parts = [
    'public/',
    'a',
    '/',
    '..',
    '.',
    '%2e',
    '%2F',
    '%',
    '%00',
    '\0',
    '\\',
    '@',
    ':',
    '//evil.example',
    'é',
    '😀',
  ];
  const more = ['#', '?', ';', '{key}', '$&', 'index.html', ' ', '+', '\n', '\u2028', '\ud800'];
  const key = fc.array(fc.constantFrom(...parts, ...more), { maxLength: 6 }).map((all) => all.join(''));
  const owners = new Map<string, string>();
  fc.assert(
    fc.property(key, (name) => {
      let urls: string[] = [];
      try {
        urls = objectUrls({ url: 'https://www.example.com/docs/{key}', prefix: 'public/', index: 'index.html' }, name);
      } catch (error) {
        expect(error).toBeInstanceOf(URIError);
      }
      for (const url of urls) {
        const { origin, pathname, search, hash } = new URL(url);
        expect([origin, search, hash]).toEqual(['https://www.example.com', '', '']);
        expect(pathname).toMatch(/^\/docs\//);
        expect(name.startsWith('public/')).toBe(true);
        const page = (parsePageAddress(parseSiteConfig({ site: 'test' }), url) as { path: string }).path;
        const owner = name.replace(/(^|\/)index\.html$/, '$1') + (page.endsWith('/') ? '' : ' itself');
        expect(owners.get(page) ?? owner).toBe(owner);
        owners.set(page, owner);
      }
    }),
    { numRuns: 5000 },
  );
  // So that something was compared.
  expect(owners.size).toBeGreaterThan(10);
});

test('a prefix is required and removed', () => {
  expect(paths('public/a/public/b', { prefix: 'public/' })).toEqual(['/a/public/b']);
  expect(paths('private/a', { prefix: 'public/' })).toEqual([]);
  expect(paths('publications/a', { prefix: 'public/' })).toEqual([]);
});

test.each([
  ['index.html', ['/index.html', '/']],
  ['docs/index.html', ['/docs/index.html', '/docs/']],
  ['docs/myindex.html', ['/docs/myindex.html']],
  ['index.html/a', ['/index.html/a']],
])('an index is shown at its directory too: %s', (key, expected) => {
  expect(paths(key)).toEqual(expected);
});

test('an index may have another name', () => {
  expect(paths('public/docs/default.htm', { prefix: 'public/', index: 'default.htm' })).toEqual([
    '/docs/default.htm',
    '/docs/',
  ]);
  expect(paths('docs/index.html', { index: 'default.htm' })).toEqual(['/docs/index.html']);
});

test('a key within a name has no directory', () => {
  const url = 'https://www.example.com/show/{key}.amp';
  expect(paths('docs/index.html', { url })).toEqual(['/show/docs/index.html.amp']);
});

const rules = { buckets: { pages: rule }, tables: {} };

test('keys of notifications are decoded, keys of EventBridge are not', () => {
  const [record] = s3Notification('pages', 'caf%C3%A9+1%2B1%252').Records;
  expect(s3NotificationRequest(record, rules)?.urls).toEqual(['https://www.example.com/caf%C3%A9%201+1%252']);
  const event = s3OnEventBridge('pages', 'caf%C3%A9+1');
  expect(s3EventBridgeRequest(event, rules)?.urls).toEqual(['https://www.example.com/caf%25C3%25A9+1']);
});

test('fails for keys that are not Unicode', () => {
  const [record] = s3Notification('pages', '%E9').Records;
  expect(() => s3NotificationRequest(record, rules)).toThrow('the key "%E9" of the bucket pages is not well encoded');
  const event = s3OnEventBridge('pages', 'a\ud800');
  expect(() => s3EventBridgeRequest(event, rules)).toThrow(
    'the key "a\\ud800" of the bucket pages is not well encoded',
  );
});

test.each([
  [{}, 'the S3 record.s3: '],
  [{ s3: { bucket: {}, object: { key: 'a' } } }, 'the S3 record.s3.bucket.name: must be a text, got nothing'],
  [{ s3: { bucket: { name: 'b' }, object: { key: 1 } } }, 'the S3 record.s3.object.key: must be a text, got 1'],
  [{ s3: { bucket: { name: 'b' }, object: { key: 'a' } } }, 'the bucket b has no event rule'],
])('fails for the record %j', (record, message) => {
  expect(() => s3NotificationRequest(record, rules)).toThrow(message);
});
