import { parsePurgeRequest } from '../../lambda/core/purge-request';
import { parseWarmRequest } from '../../lambda/core/warm-request';
import { parseWriteRequest } from '../../lambda/core/write-request';
import { PageCache } from '../../lib';
import { LONGEST_QUERY } from '../../lib/site/eligibility';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { MOST_TAGS, TAG } from '../../lib/site/tag';
import { documents } from './documents';
import { tableRows } from './table-rows';

const document = documents.find(({ path }) => path === 'docs/operations.md')?.text ?? '';
const [, limits = ''] = document.split('\n## Limits\n');
const rows = tableRows(limits.trimStart().split('\n\n')[0] ?? '', 'what');

/** The numbers that the table says of something, as they stand there. */
const said = (what: string): number[] => {
  const [, text = ''] = rows.find(([name]) => name === what) ?? [];
  return [...text.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(',', '')));
};

const config = parseSiteConfig({ site: 'a' });
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const urls = (count: number) => times(count, (index) => `http://a.example/${index}`);
const site = (more: Partial<SiteConfigInput>) => parseSiteConfig({ site: 'a', ...more });
const variant = (index: number, values = 2) => ({
  ...({ name: `v${index}`, source: 'cookie', field: `v${index}` } as const),
  values: times(values, String),
});
const [tagsOfPage = 0, lengthOfTag = 0] = said('tags of a page');
const [variants = 0, values = 0] = said('variants');
const [purgedUrls = 0, purgedTags = 0] = said('a purge');
const [warmedUrls = 0, sitemaps = 0] = said('a warm');
const lists = said('`hosts`, `routes`, each list of paths')[0] ?? 0;

// Each takes as many as the table says, and refuses one more.
test.each<[string, number, (count: number) => unknown]>([
  ['variants', variants, (count) => site({ key: { variants: times(count, (index) => variant(index)) } })],
  ['values of a variant', values, (count) => site({ key: { variants: [variant(0, count)] } })],
  ['hosts', lists, (count) => site({ hosts: times(count, (index) => `h${index}.example`) })],
  ['routes', lists, (count) => site({ storage: { routes: times(count, (index) => ({ path: `/${index}`, ttl: 1 })) } })],
  ['paths', lists, (count) => site({ eligibility: { bypassPaths: times(count, (index) => `/${index}`) } })],
  [
    'MiB of a page',
    said('a page, as it is stored')[1] ?? 0,
    (count) => site({ limits: { pageSize: count * 2 ** 20 } }),
  ],
  ['URLs of a purge', purgedUrls, (count) => parsePurgeRequest(config, { urls: urls(count) })],
  ['tags of a purge', purgedTags, (count) => parsePurgeRequest(config, { tags: times(count, String) })],
  [
    'pages of a push',
    said('a push')[0] ?? 0,
    (count) => parseWriteRequest(config, { pages: urls(count).map((url) => ({ url })) }),
  ],
  ['URLs of a warm', warmedUrls, (count) => parseWarmRequest(config, { urls: urls(count) }, 0)],
  ['sitemaps of a warm', sitemaps, (count) => parseWarmRequest(config, { sitemaps: urls(count) }, 0)],
  ['nodes of a cluster', said('nodes of a cluster')[0] ?? 0, (count) => PageCache.cluster({ nodes: count })],
])('at most as many as docs/operations.md says: %s', (_, most, take) => {
  expect(most).toBeGreaterThan(1);
  expect(() => take(most)).not.toThrow();
  expect(() => take(most + 1)).toThrow(/at most|from 1 to/);
});

test('what is no number of things is what docs/operations.md says, too', () => {
  const { pageSize, headSize, fillDeadline } = config.limits;
  expect(said('a page, as it is stored')[0]).toBe(pageSize / 2 ** 20);
  expect(said('its status line and headers')).toEqual([headSize / 1024]);
  expect(said('a rendering')).toEqual([fillDeadline]);
  expect(said('a query that is looked up')).toEqual([LONGEST_QUERY]);
  expect(tagsOfPage).toBe(MOST_TAGS);
  expect(['x'.repeat(lengthOfTag), 'x'.repeat(lengthOfTag + 1)].map((tag) => TAG.test(tag))).toEqual([true, false]);
});
