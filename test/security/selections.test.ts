import { parsePurgeRequest, PurgeRequestError } from '../../lambda/core/purge-request';
import { selects } from '../../lambda/core/selector';
import { parseWarmRequest, WarmRequestError } from '../../lambda/core/warm-request';
import { parseWriteRequest, WriteRequestError } from '../../lambda/core/write-request';
import { parseSiteConfig } from '../../lib/site/site-config';

/*
 * What a purge selects, to the letter, and requests that are made to keep a function busy, to select more than they say, or
 * to be answered with more than can be sent: they are refused whole.
 */

const config = parseSiteConfig({ site: 'test' });
const page = (url: string, tags: readonly string[] = []) => {
  const [address] = parsePurgeRequest(config, { exactUrls: [url] }).pages;
  if (address === undefined) throw new Error(`${url} is no page`);
  return { ...address, tags };
};
const selectsOnly = (request: object, urls: readonly string[]) =>
  urls.filter((url) => parsePurgeRequest(config, request).selectors.some((selector) => selects(selector, page(url))));

const at = (...paths: string[]) => paths.map((path) => `http://www.example.com${path}`);
const PAGES = [
  ...at('/', '/items', '/items/', '/items/1', '/items/1/a', '/items?x=/items/1', '/items-old', '/items.html'),
  ...at('/items;v=1', '/itemsx', '/ITEMS/1', '/item', '/x/items/1', '/items%20/1', '/items*', '/*'),
  ...['http://example.com/items/1', 'http://www.example.com.evil.example/items/1', 'http://evil.example/items/1'],
];

test.each([
  ['/items', ['/items', '/items/', '/items/1', '/items/1/a', '/items?x=/items/1']],
  ['/items/', ['/items/', '/items/1', '/items/1/a']],
  ['/%69tems/1', ['/items/1', '/items/1/a']],
  ['/item', ['/item']],
  ['/items*', ['/items*']],
  ['/*', ['/*']],
  ['/Items', []],
])(
  'the prefix %s selects its path and what lies below it on its host, and nothing that only begins so',
  (path, found) => {
    expect(selectsOnly({ prefixes: at(path) }, PAGES)).toEqual(at(...found));
  },
);

test('the prefix / is all of one host, and of no host that is called alike', () => {
  expect(selectsOnly({ prefixes: at('/') }, PAGES)).toEqual(PAGES.filter((url) => url.startsWith(at('/').join())));
  expect(selectsOnly({ hosts: ['example.com'] }, PAGES)).toEqual(['http://example.com/items/1']);
});

test.each([
  '/items%2f',
  '/items%2F..',
  '/items/..',
  '/items/../',
  '/./items',
  '//items',
  '/items//',
  '/items\\',
  '/%00',
  '/items%',
  '/items%0a',
])('the prefix %s, which servers take for different paths, is refused', (path) => {
  expect(() => parsePurgeRequest(config, { prefixes: at(path) })).toThrow('prefixes.0: must ');
});

test.each(['*', '*.example.com', '.', '.*', 'com', 'www', 'www.example.com.', 'WWW.example.com/..', '(a+)+$'])(
  'the host %s is no pattern',
  (host) => {
    let found: string[] = [];
    try {
      found = selectsOnly({ hosts: [host] }, PAGES);
    } catch (error) {
      expect(error).toBeInstanceOf(PurgeRequestError);
    }
    expect(found).toEqual([]);
  },
);

test.each(['a', 'ab', 'A', '*', 'a*', '.*', 'a|ab', 'a,ab', '__proto__', 'constructor', '(a+)+$'])(
  'the tag %s selects pages that have it, letter for letter',
  (tag) => {
    const [selector] = parsePurgeRequest(config, { tags: [tag] }).selectors;
    const tags = ['a', 'ab', 'A', '*', '.*', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'];
    expect(tags.filter((other) => selector && selects(selector, page(PAGES[0] ?? '', [other])))).toEqual(
      tags.filter((other) => other === tag),
    );
  },
);

/** A list or an object within another, so often. */
const nested = (open: string, close: string, depth: number) =>
  JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`) as unknown;
const json = (text: string) => JSON.parse(text) as unknown;
const many = <T>(count: number, one: (i: number) => T) => Array.from({ length: count }, (_, i) => one(i));
const GOOD = 'http://www.example.com/a';

const BOMBS: [string, unknown][] = [
  ['a million members', { urls: many(1e6, () => 1) }],
  ['10,001 URLs', { urls: many(10_001, (i) => `${GOOD}/${i}`) }],
  ['10,000 bad URLs', { urls: many(10_000, (i) => `/${i}`) }],
  ['10,000 URLs of which the last is bad', { urls: [...many(9999, (i) => `${GOOD}/${i}`), `${GOOD}/..`] }],
  ['a path of 5 MB', { urls: [`${GOOD}${'/a'.repeat(2.5e6)}`] }],
  ['a path of 5 MB that is odd at its end', { prefixes: [`${GOOD}${'%61'.repeat(1.6e6)}%`] }],
  ['a query of 5 MB', { urls: [`${GOOD}?${'a&'.repeat(2.5e6)}`] }],
  ['a host of 4 MB', { hosts: ['a.'.repeat(2e6)] }],
  ['a URL with a host of 4 MB', { urls: [`http://${'a.'.repeat(2e6)}/`] }],
  ['a tag of 5 MB', { tags: ['a'.repeat(5e6)] }],
  ['a caller of 5 MB', { everything: true, caller: 'a'.repeat(5e6) }],
  ['100,000 unknown fields', { ...Object.fromEntries(many(1e5, (i) => [`field${i}`, i])), everything: true }],
  ['an unknown field of 5 MB', { ['x'.repeat(5e6)]: 1, everything: true }],
  ['lists 100,000 deep', { urls: nested('[', ']', 1e5), tags: ['a'] }],
  ['objects 10,000 deep', { more: nested('{"a":', '}', 1e4), tags: ['a'] }],
  ['a prototype', json('{"__proto__":{"everything":true}}')],
  ['a prototype beside URLs', json(`{"urls":["${GOOD}"],"__proto__":{"everything":true}}`)],
  ['a constructor', json('{"tags":["a"],"constructor":{"prototype":{"everything":true}}}')],
  ['everything as a text', { everything: 'true' }],
  ['everything as a list', { urls: [GOOD], everything: [true] }],
  ['URLs as an object with a length', { urls: { length: 1, 0: GOOD } }],
  ['empty texts', { urls: [''], tags: [''], hosts: [''], prefixes: [''] }],
];

describe.each(BOMBS)('a request with %s is refused', (_, bomb) => {
  test.each<[string, (input: unknown) => unknown, new (faults: string[]) => Error]>([
    ['purge', (input) => parsePurgeRequest(config, input), PurgeRequestError],
    ['write', (input) => parseWriteRequest(config, { pages: [input] }), WriteRequestError],
    ['warm', (input) => parseWarmRequest(config, input, Date.now()), WarmRequestError],
  ])('by the %s function, in few words', (__, parse, kind) => {
    let thrown: unknown;
    try {
      parse(bomb);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(kind);
    expect((thrown as Error).message.length).toBeLessThan(30_000);
  });
});

test('10,000 URLs are taken, each for its own page', () => {
  const urls = many(10_000, (i) => `${GOOD}/${i}/(a+)+$.*[^]{1,9}`);
  expect(parsePurgeRequest(config, { urls }).selectors).toHaveLength(10_000);
});

test('no prototype is changed by what was read', () => {
  for (const [, bomb] of BOMBS) expect(() => parsePurgeRequest(config, bomb)).toThrow();
  expect(({} as Record<string, unknown>).everything).toBeUndefined();
});
