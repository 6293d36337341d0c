import type { HeaderPair } from '../../../lambda/core/page';
import { isFailure, staleIfErrorSeconds, staleWhileRevalidateSeconds } from '../../../lambda/core/stale-rules';
import { parseSiteConfig } from '../../../lib/site/site-config';

const site = (storage: object) => parseSiteConfig({ site: 'test', storage });
const seconds = (headers: HeaderPair[], storage: object = { keptFor: 600, staleIfError: 60 }) =>
  staleIfErrorSeconds({ status: 200, headers }, site(storage));
const cc = (value: string): HeaderPair => ['Cache-Control', value];
const cdn = (value: string): HeaderPair => ['CDN-Cache-Control', value];

describe('a stale page may be answered', () => {
  test.each<[string, HeaderPair[], number]>([
    ['as long as the site says, where the origin says nothing', [], 60],
    ['as long as the site says, where the origin says how long it is fresh', [cc('max-age=10')], 60],
    ['as long as the origin says', [cc('max-age=10, stale-if-error=100')], 100],
    ['less long than the site says, where the origin says so', [cc('max-age=10, stale-if-error=5')], 5],
    ['no longer than a copy is kept', [cc('max-age=10, stale-if-error=86400')], 600],
    ['as CDN-Cache-Control says, before Cache-Control', [cdn('max-age=1, stale-if-error=7'), cc('must-revalidate')], 7],
    ['by the site, where CDN-Cache-Control has no word of it', [cdn('max-age=1'), cc('stale-if-error=7')], 60],
    ['for other extensions all the same', [cc('max-age=10, stale-while-revalidate=5')], 60],
    ['where a name only looks like one that forbids it', [cc('max-age=10, x-must-revalidate, s-maxages=1')], 60],
  ])('%s', (_, headers, expected) => expect(seconds(headers)).toBe(expected));

  test('by the origin alone, where the site says nothing', () => {
    expect([seconds([], { keptFor: 600 }), seconds([cc('stale-if-error=5')], { keptFor: 600 })]).toEqual([0, 5]);
  });

  test('never where no copies are kept', () => expect(seconds([cc('stale-if-error=5')], {})).toBe(0));
});

describe('a stale page is never answered', () => {
  test.each<[string, HeaderPair[]]>([
    ['with must-revalidate', [cc('max-age=10, must-revalidate')]],
    ['with proxy-revalidate', [cc('max-age=10, Proxy-Revalidate')]],
    ['with s-maxage, whatever else it says', [cc('s-maxage=10, stale-if-error=100')]],
    ['with no-cache', [cc('no-cache')]],
    ['with must-revalidate in a second line', [cc('max-age=10'), cc('must-revalidate')]],
    ['with must-revalidate in a broken field', [cc('public; must-revalidate')]],
    ['with must-revalidate and an argument', [cc('must-revalidate="x"')]],
    ['with must-revalidate in CDN-Cache-Control', [cdn('max-age=10, must-revalidate')]],
    ['with s-maxage in CDN-Cache-Control', [cdn('s-maxage=10')]],
    ['with must-revalidate in a CDN-Cache-Control that cannot be read', [cdn('Must-Revalidate'), cc('max-age=10')]],
    ['where the origin says for no time', [cc('stale-if-error=0')]],
    ['where a number cannot be read', [cc('stale-if-error=1e3')]],
    ['where a number is missing', [cc('stale-if-error')]],
    ['where numbers contradict', [cc('stale-if-error=5, stale-if-error=6')]],
  ])('%s', (_, headers) => expect(seconds(headers)).toBe(0));
});

test('failures are those of RFC 5861', () => {
  const statuses = [200, 304, 404, 429, 500, 501, 502, 503, 504, 505];
  expect(statuses.filter((status) => isFailure({ status }))).toEqual([500, 502, 503, 504]);
});

describe('while it is rendered anew, a stale page is answered', () => {
  const whileRevalidated = (headers: HeaderPair[], storage: object = { keptFor: 600, staleWhileRevalidate: 60 }) =>
    staleWhileRevalidateSeconds({ status: 200, headers }, site(storage));

  test.each<[string, HeaderPair[], number]>([
    ['as long as the site says', [cc('max-age=10')], 60],
    ['as long as the origin says', [cc('max-age=10, stale-while-revalidate=100')], 100],
    ['not at all where the origin says so', [cc('max-age=10, stale-while-revalidate=0')], 0],
    ['not at all for a time that is none', [cc('max-age=10, stale-while-revalidate=1.5')], 0],
    ['no longer than a copy is kept', [cc('stale-while-revalidate=86400')], 600],
    ['as CDN-Cache-Control says', [cdn('max-age=1, stale-while-revalidate=7'), cc('stale-while-revalidate=8')], 7],
    ['whatever is said of errors', [cc('max-age=10, stale-if-error=5')], 60],
    ['never with must-revalidate', [cc('stale-while-revalidate=100, must-revalidate')], 0],
    ['never with proxy-revalidate', [cc('stale-while-revalidate=100, proxy-revalidate')], 0],
    ['never with s-maxage', [cc('stale-while-revalidate=100, s-maxage=10')], 0],
    ['never with no-cache, with field names too', [cc('stale-while-revalidate=100, no-cache="X"')], 0],
  ])('%s', (_, headers, expected) => expect(whileRevalidated(headers)).toBe(expected));

  test('never where no copies are kept', () => {
    expect(whileRevalidated([cc('stale-while-revalidate=5')], {})).toBe(0);
  });
});
