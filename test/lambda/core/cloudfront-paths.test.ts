import { cloudFrontPaths } from '../../../lambda/core/cloudfront-paths';
import type { Selector } from '../../../lambda/core/selector';

const host = 'www.example.com';
const COPIES = { byTag: true, queryStrings: true };

test.each<[string, Selector, string[]]>([
  ['a URL, with whatever query', { kind: 'url', host, path: '/list' }, ['/list', '/list?*']],
  ['the front page, and no other', { kind: 'url', host, path: '/' }, ['/', '/?*']],
  [
    'one query, which may have come in another order',
    { kind: 'exact', host, path: '/list', query: 'a=1' },
    ['/list', '/list?*'],
  ],
  ['a prefix, and nothing beside it', { kind: 'prefix', host, path: '/items' }, ['/items', '/items?*', '/items/*']],
  ['what is below a prefix', { kind: 'prefix', host, path: '/items/' }, ['/items/*']],
  ['a tag', { kind: 'tag', tag: 'product-7' }, ['#product-7']],
  ['a tag of which CloudFront would read two', { kind: 'tag', tag: 'a,b' }, ['/*']],
  ['a host, of which it knows none', { kind: 'host', host }, ['/*']],
  ['everything', { kind: 'everything' }, ['/*']],
  ['a path that ends with a star', { kind: 'url', host, path: '/a*' }, ['/a%2A', '/a%2A?*']],
  ['a path that is too long', { kind: 'url', host, path: `/${'x'.repeat(4000)}` }, ['/*']],
])('%s', (_, selector, paths) => {
  expect(cloudFrontPaths([selector], COPIES)).toEqual(paths);
});

test('a URL is one path where the query is no part of the cache key', () => {
  const selector: Selector = { kind: 'url', host, path: '/list' };
  expect(cloudFrontPaths([selector], { byTag: false, queryStrings: false })).toEqual(['/list']);
});

test('a tag is everything where copies have none', () => {
  expect(cloudFrontPaths([{ kind: 'tag', tag: 'a' }], { byTag: false, queryStrings: true })).toEqual(['/*']);
});

test('what is selected twice counts once, and beside everything nothing counts', () => {
  const url: Selector = { kind: 'url', host, path: '/a' };
  expect(cloudFrontPaths([url, { ...url, host: 'other.example' }], COPIES)).toEqual(['/a', '/a?*']);
  expect(cloudFrontPaths([url, { kind: 'everything' }], COPIES)).toEqual(['/*']);
});

test('more than CloudFront takes at a time is everything', () => {
  const urls = (count: number) =>
    Array.from({ length: count }, (_, i): Selector => ({ kind: 'url', host, path: `/${i}` }));
  expect(cloudFrontPaths(urls(15), COPIES)).toHaveLength(30);
  expect(cloudFrontPaths(urls(16), COPIES)).toEqual(['/*']);
  expect(cloudFrontPaths(urls(1000), { byTag: true, queryStrings: false })).toHaveLength(1000);
  expect(cloudFrontPaths(urls(1001), { byTag: true, queryStrings: false })).toEqual(['/*']);
});
