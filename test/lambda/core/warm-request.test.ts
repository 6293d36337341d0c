import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { parseWarmRequest, WarmRequestError } from '../../../lambda/core/warm-request';
import { NOON } from './page-cache-world';

const parse = (input: unknown, site: Partial<SiteConfigInput> = {}) =>
  parseWarmRequest(parseSiteConfig({ site: 'test', hosts: ['example.com'], ...site }), input, NOON);
const faults = (input: unknown, site?: Partial<SiteConfigInput>): readonly string[] => {
  try {
    parse(input, site);
  } catch (error) {
    expect(error).toBeInstanceOf(WarmRequestError);
    return (error as WarmRequestError).faults.map((fault) => fault.split(', got')[0] ?? '');
  }
  return [];
};

test('URLs are warmed in the default variant, where they are not there, each page once', () => {
  const urls = ['https://example.com/a?x=1&y=2', 'https://EXAMPLE.com/a?y=2&x=1&utm_source=m', 'https://example.com/b'];
  expect(parse({ urls })).toEqual({
    ...{ kind: 'warm', urls: [urls[0], urls[2]], sitemaps: [], variants: 'default', refresh: false, caller: 'unnamed' },
  });
});

test.each([
  ['2026-02-28', Date.UTC(2026, 1, 28)],
  ['2026-02-28T12:30:00+01:00', Date.UTC(2026, 1, 28, 11, 30)],
  ['P1D', NOON - 86_400_000],
  ['P2DT3H', NOON - 2 * 86_400_000 - 3 * 3_600_000],
  ['PT90M', NOON - 90 * 60_000],
  ['PT0S', NOON],
])('since %s is a moment', (since, moment) => {
  expect(parse({ sitemaps: ['https://example.com/s.xml'], since })).toMatchObject({ since: moment });
});

test('progress is asked for by an id, a refresh ahead by its numbers', () => {
  expect(parse({ warm: 'a-1' })).toEqual({ kind: 'progress', warm: 'a-1' });
  expect(parse({ refreshAhead: { before: 120, every: 60, atMost: 5 } })).toEqual({
    ...{ kind: 'refresh-ahead', before: 120, every: 60, atMost: 5 },
  });
});

describe('a warm request fails', () => {
  test('with every fault at once', () => {
    const input = {
      urls: ['/a', 'https://other.example/', 'https://example.com/a//b', `https://example.com/${'x'.repeat(2048)}`, 7],
      sitemaps: ['https://user@example.com/', 'http://169.254.169.254/'],
      since: '2026-03-02',
      variants: 'some',
      refresh: 'yes',
      ttl: 5,
    };
    expect(faults(input)).toEqual([
      "urls.0: must be an absolute URL that begins with 'http://' or 'https://' and a host",
      "urls.1: must have one of the site's hosts: example.com",
      expect.stringContaining('urls.2: must have an ordinary path'),
      'urls.3: must have at most 2047 characters',
      'urls.4: must be a text',
      'sitemaps.0: must not contain a user name or password',
      "sitemaps.1: must have one of the site's hosts: example.com",
      expect.stringContaining('since: must be a day or time'),
      "variants: must be 'default' or 'all'",
      'refresh: must be true or false',
      'the request: has unknown fields: ttl',
    ]);
  });

  test.each<[unknown, string]>([
    [undefined, 'the request: must be an object such as'],
    [{}, 'the request: must name pages by urls or sitemaps'],
    [{ urls: ['https://example.com/'], since: 'P1D' }, 'since: must be left out where there are no sitemaps'],
    [{ urls: Array<string>(10_001).fill('https://example.com/') }, 'urls: must have at most 10000 URLs: split it'],
    [{ sitemaps: ['https://example.com/'], since: 'P' }, 'since: must be'],
    [{ sitemaps: ['https://example.com/'], since: 'P1DT' }, 'since: must be'],
    [{ sitemaps: ['https://example.com/'], since: 'P1Y' }, 'since: must be'],
    [{ sitemaps: ['https://example.com/'], since: '2026-02-31T99:00Z' }, 'since: must be'],
    [{ warm: '' }, 'warm: must be the id of a warm'],
    [{ warm: 'a#b' }, 'warm: must be the id of a warm'],
    [{ refreshAhead: { before: 0, every: 60, atMost: 1 } }, 'refreshAhead.before: must be 1 to 86400 seconds'],
    [{ refreshAhead: { before: 1, every: 59, atMost: 1 } }, 'refreshAhead.every: must be 60 to 86400 seconds'],
    [{ refreshAhead: { before: 1, every: 60, atMost: 0 } }, 'refreshAhead.atMost: must be 1 to 10000'],
  ])('for %j', (input, fault) => {
    expect(faults(input)).toEqual([expect.stringContaining(fault)]);
  });

  test('for what the site cannot do', () => {
    const ahead = { refreshAhead: { before: 60, every: 60, atMost: 1 } };
    expect(faults(ahead, { purging: { index: 'none' } })).toEqual([
      "refreshAhead: must be left out: the site keeps no index of its pages (purging.index is 'none')",
    ]);
    const compatibility = { preset: 'prefix-path', prefix: 'p' } as const;
    expect(faults({ urls: ['https://example.com/'] }, { compatibility })[0]).toContain('nothing can be warmed');
  });
});
