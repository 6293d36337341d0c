import { isOfOneUrl, type PageLabels, type Selector, selects } from '../../../lambda/core/selector';

const page = (path: string, fields: Partial<PageLabels> = {}): PageLabels => ({
  host: 'a.example',
  path,
  query: '',
  tags: [],
  ...fields,
});
const host = 'a.example';

test.each<[Selector, PageLabels, boolean]>([
  [{ kind: 'url', host, path: '/a' }, page('/a', { query: 'x=1' }), true],
  [{ kind: 'url', host, path: '/a' }, page('/a/'), false],
  [{ kind: 'url', host, path: '/a' }, page('/a', { host: 'b.example' }), false],
  [{ kind: 'exact', host, path: '/a', query: 'x=1' }, page('/a', { query: 'x=1' }), true],
  [{ kind: 'exact', host, path: '/a', query: '' }, page('/a', { query: 'x=1' }), false],
  [{ kind: 'exact', host, path: '/a', query: '' }, page('/b'), false],
  [{ kind: 'exact', host, path: '/a', query: '' }, page('/a', { host: 'b.example' }), false],
  [{ kind: 'prefix', host, path: '/items' }, page('/items', { query: 'x=1' }), true],
  [{ kind: 'prefix', host, path: '/items' }, page('/items/1/2'), true],
  [{ kind: 'prefix', host, path: '/items' }, page('/items-old'), false],
  [{ kind: 'prefix', host, path: '/items' }, page('/items.html'), false],
  [{ kind: 'prefix', host, path: '/items/' }, page('/items'), false],
  [{ kind: 'prefix', host, path: '/items/' }, page('/items/1'), true],
  [{ kind: 'prefix', host, path: '/' }, page('/anything'), true],
  [{ kind: 'prefix', host, path: '/' }, page('/', { host: 'b.example' }), false],
  [{ kind: 'tag', tag: 't' }, page('/a', { tags: ['s', 't'] }), true],
  [{ kind: 'tag', tag: 't' }, page('/a', { tags: ['T', 'tt'] }), false],
  [{ kind: 'tag', tag: 't', host }, page('/a', { tags: ['t'] }), true],
  [{ kind: 'tag', tag: 't', host }, page('/a', { tags: ['t'], host: 'b.example' }), false],
  [{ kind: 'host', host }, page('/a'), true],
  [{ kind: 'host', host }, page('/a', { host: 'www.a.example' }), false],
  [{ kind: 'everything' }, page('/a'), true],
])('%j and %j: %s', (selector, labels, selected) => {
  expect(selects(selector, labels)).toBe(selected);
});

test('only URLs have journals of their own', () => {
  const ofOne = [
    { kind: 'url', host, path: '/' },
    { kind: 'exact', host, path: '/', query: '' },
  ] as const;
  const ofMore = [
    { kind: 'prefix', host, path: '/' },
    { kind: 'tag', tag: 't' },
    { kind: 'host', host },
    { kind: 'everything' },
  ] as const;
  expect([ofOne.every(isOfOneUrl), ofMore.some(isOfOneUrl)]).toEqual([true, false]);
});
