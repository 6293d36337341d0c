import { canonicalQuery } from '../../../lib/site/canonical-query';
import { pageKey } from '../../../lib/site/page-key';
import { parseSiteConfig, type QueryPolicy } from '../../../lib/site/site-config';
import { madeUpQueries } from '../../support/made-up-queries';

const VALUES = 100_000;
const PATH = { scheme: 'https', host: 'www.example.com', path: '/list', variants: {} } as const;
const keysOf = (query: QueryPolicy | undefined, queries: Iterable<string>) => {
  const config = parseSiteConfig({ site: 'test', key: { query } });
  const keys = new Set<string>();
  for (const sent of queries) keys.add(pageKey(config, { ...PATH, query: canonicalQuery(sent, config.key.query) }));
  return keys.size;
};

const TRACKING = ['utm_source', 'utm_?', 'gclid', 'fbclid', '%75tm_campaign', 'utm_%6dedium'];

test.each<[string, QueryPolicy | undefined, string[]]>([
  ['anything, where no parameter counts', { policy: 'none' }, ['page', '?', 'utm_?']],
  [
    'undeclared parameters, where some count',
    { policy: 'only', names: ['page', 'q'] },
    ['?', 'Page', 'page[]', 'page%', 'q_', ...TRACKING],
  ],
  ['tracking parameters, by default', undefined, TRACKING],
  [
    'what is excepted',
    { policy: 'except', names: ['session*'] },
    ['session', 'session?', 'session%5B%5D', '%73ession_id'],
  ],
])('100,000 queries of %s are one page', (_, policy, names) => {
  expect(keysOf(policy, madeUpQueries(VALUES, ...names))).toBe(1);
});

test('free values of a declared parameter are pages of their own, each: nothing else can tell which of them there are', () => {
  const numbers = Array.from({ length: VALUES }, (_, i) => `page=${i}&utm_source=${i}`);
  expect(keysOf({ policy: 'only', names: ['page'] }, numbers)).toBe(VALUES);
});
