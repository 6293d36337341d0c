import { parseSiteConfig } from '../../../lib/site/site-config';
import type { HeaderPair } from '../../../lambda/core/page';
import { cacheGroups, pageTags } from '../../../lambda/core/page-tags';

const routes = [
  { path: '/news', tags: ['section:news', 'all'] },
  { path: '/news/today', tags: ['today'] },
  { path: '/other', ttl: 5 },
];
const config = parseSiteConfig({ site: 'test', storage: { routes } });
const tags = (headers: HeaderPair[], path = '/') => {
  const found = pageTags(config, path, { headers });
  return 'tags' in found ? found.tags : found.refused;
};

test.each<[string, HeaderPair[], string[]]>([
  ['Cache-Groups is a list of strings', [['Cache-Groups', '"a", "b;c";x=1']], ['a', 'b;c']],
  ['Cache-Groups may have several lines', [['cache-groups', '"a"'], ['Cache-Groups', '"b"']], ['a', 'b']], // prettier-ignore
  ['Surrogate-Key is parted by spaces', [['Surrogate-Key', ' a  b\tc,d ']], ['a', 'b', 'c,d']],
  ['Cache-Tag is parted by commas', [['Cache-Tag', 'a, b ,,c']], ['a', 'b', 'c']],
  ['a tag that is named twice is one, and letters count', [['Cache-Tag', 'a,A'], ['Surrogate-Key', 'a']], ['a', 'A']], // prettier-ignore
  ['there may be none', [['Cache-Tag', ''], ['Surrogate-Key', ' ']], []], // prettier-ignore
])('%s', (_, headers, wanted) => {
  expect(tags(headers)).toEqual(wanted);
});

test('the routes that match add theirs, on whole segments', () => {
  expect(tags([['Cache-Tag', 'a']], '/news/today/x')).toEqual(['a', 'section:news', 'all', 'today']);
  expect(tags([], '/news-old')).toEqual([]);
});

test.each<[string, HeaderPair]>([
  ['a space', ['Cache-Groups', '"a b"']],
  ['another script', ['Cache-Tag', 'caf\u00e9']],
  ['a control character', ['Cache-Tag', 'a\u007fb']],
  ['257 characters', ['Surrogate-Key', 'x'.repeat(257)]],
  ['no characters', ['Cache-Groups', '"a", ""']],
  ['a list of tokens', ['Cache-Groups', 'a, b']],
  ['an inner list', ['Cache-Groups', '("a" "b")']],
  ['something that is no list', ['Cache-Groups', '"a", ']],
])('a page with a tag of %s is refused: a purge could not find it', (_, header) => {
  expect(tags([header])).toBe('bad-tag');
});

test('128 tags of 256 characters are taken, of 129 none', () => {
  const many = Array.from({ length: 129 }, (_, i) => `${i}`.padStart(256, 'x'));
  expect(tags([['Cache-Tag', many.slice(1).join()]])).toEqual(many.slice(1));
  expect(tags([['Cache-Tag', many.join()]])).toBe('too-many-tags');
});

test('what is no list of strings names no groups', () => {
  expect([cacheGroups(['"a"', '"b"']), cacheGroups([]), cacheGroups(['a'])]).toEqual([['a', 'b'], [], undefined]);
});
