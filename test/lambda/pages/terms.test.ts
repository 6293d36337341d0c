import type { HeaderPair } from '../../../lambda/core/page';
import { termHeaders } from '../../../lambda/pages/terms';

const request = { scheme: 'https', host: 'www.example.com', path: '/list', query: '', variants: {} } as const;
const logged: string[] = [];
const say = (terms: Parameters<typeof termHeaders>[0], headers: HeaderPair[] = [], status = 200) =>
  Object.fromEntries(termHeaders(terms, request, { status, headers }, (event) => logged.push(event)));

test.each<[string, HeaderPair[], string | undefined]>([
  ['nothing', [], 'max-age=300'],
  ['what is not about time', [['Cache-Control', 'public, no-transform']], 'public, no-transform, max-age=300'],
  ['it for CDNs without a time', [['CDN-Cache-Control', 'must-revalidate']], 'must-revalidate, max-age=300'],
  ['a time', [['Cache-Control', 'max-age=7']], undefined],
  ['a time for shared caches', [['Cache-Control', 's-maxage=7']], undefined],
  ['that it is private', [['Cache-Control', 'private']], undefined],
  ['who the visitor is', [['Set-Cookie', 'session=1']], undefined],
  ['when it expires', [['Expires', '0']], undefined],
  ['that it is not to be cached, as of old', [['Pragma', 'no-cache']], undefined],
])('of a response that says %s', (_, headers, expected) => {
  expect(say({ ttl: 300 }, headers)['CDN-Cache-Control']).toBe(expected);
});

test('errors, and redirects that are not for good, get no time', () => {
  expect([404, 302, 500].map((status) => say({ ttl: 300 }, [], status))).toEqual([{}, {}, {}]);
});

test('tags come after those of the response', () => {
  const tags = ({ path }: { path: string }) => [`page:${path}`];
  expect(say({ tags }, [['surrogate-key', 'a b']])).toEqual({ 'Surrogate-Key': 'a b page:/list' });
});

test.each<[string, () => unknown]>([
  ['are bad', () => ['two words']],
  ['are none', () => undefined],
  ['are too many', () => Array.from({ length: 129 }, (_, i) => `t${i}`)],
  [
    'cannot be told',
    () => {
      throw new Error('broken on purpose');
    },
  ],
])('a page whose tags %s is not stored: no purge could find it', (_, tags) => {
  logged.length = 0;
  expect(say({ tags: tags as never, ttl: 300 })).toEqual({ 'CDN-Cache-Control': 'no-store' });
  expect(logged).toEqual(['bad-tags']);
});
