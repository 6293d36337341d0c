import { parseSiteConfig } from '../../../lib/site/site-config';
import { parsePurgeRequest, PurgeRequestError } from '../../../lambda/core/purge-request';

const config = parseSiteConfig({ site: 'test' });
const strict = parseSiteConfig({ site: 'test', hosts: ['example.com', 'www.example.com'] });

function faults(input: unknown, site = config): readonly string[] {
  try {
    parsePurgeRequest(site, input);
  } catch (error) {
    expect(error).toBeInstanceOf(PurgeRequestError);
    expect((error as Error).name).toBe('PurgeRequestError');
    return (error as PurgeRequestError).faults;
  }
  return [];
}

const address = (url: string) => {
  const [page] = parsePurgeRequest(config, { urls: [url] }).pages;
  return page && { scheme: page.scheme, host: page.host, path: page.path, query: page.query };
};

test('URLs become canonical addresses', () => {
  expect(address('HTTPS://Example.com:8443/caf%c3%a9/%7eann?utm_source=x&b=2&a=1')).toEqual({
    scheme: 'https',
    host: 'example.com',
    path: '/caf%C3%A9/~ann',
    query: 'a=1&b=2',
  });
  expect(address('http://example.com')).toEqual({ scheme: 'http', host: 'example.com', path: '/', query: '' });
});

test('letters outside ASCII mean what browsers send for them', () => {
  expect(address('http://bücher.example/café?q=é')).toEqual({
    scheme: 'http',
    host: 'xn--bcher-kva.example',
    path: '/caf%C3%A9',
    query: 'q=%C3%A9',
  });
});

test('everything may be asked for, and who asks may be left out', () => {
  expect(parsePurgeRequest(config, { everything: true })).toEqual({
    selectors: [{ kind: 'everything' }],
    pages: [],
    mode: 'delete',
    dryRun: false,
    caller: 'unnamed',
  });
  expect(parsePurgeRequest(config, { everything: true, caller: 'ann' }).caller).toBe('ann');
});

test.each([
  ['/news', 'must be an absolute URL'],
  ['//example.com/news', 'must be an absolute URL'],
  ['ftp://example.com/', 'must be an absolute URL'],
  ['http:///news', 'must be an absolute URL'],
  ['http://exa mple.com/', 'must not contain spaces'],
  ['http://example.com/\n', 'must not contain spaces or control'],
  ['http://example.com/\u0085', 'must not contain spaces or control'],
  ['http://ann:secret@example.com/', 'must not contain a user name'],
  ['http://example.com/#top', 'must not contain a fragment'],
  ['http://example.com/#', 'must not contain a fragment'],
  ['http://example.com//x', 'must have an ordinary path'],
  ['http://example.com/a/../b', 'must have an ordinary path'],
  ['http://example.com/a%2Fb', 'must have an ordinary path'],
  ['http://example.com\\x', 'must be an absolute URL'],
  ['http://example.com/x\\y', 'must have an ordinary path'],
  ['http://example.com/100%', 'must have an ordinary path'],
])('fails for %j', (url, rule) => {
  expect(faults({ urls: [url] })).toEqual([expect.stringContaining(`urls.0: ${rule}`)]);
});

test('fails for hosts that are not the site’s, where it names them', () => {
  expect(faults({ urls: ['https://example.com/', 'https://example.org/'] }, strict)).toEqual([
    'urls.1: must have one of the site\'s hosts: example.com, www.example.com, got "https://example.org/"',
  ]);
});

test('fails with every fault at once', () => {
  const input = { urls: ['/a', 7, 'http://a:b@example.org//#x'], everything: false, caller: '\n', force: true };
  expect(faults(input, strict).map((fault) => fault.slice(0, 42))).toEqual([
    'urls.0: must be an absolute URL that begin',
    'urls.1: must be a text, got 7',
    'urls.2: must not contain a user name or pa',
    "urls.2: must not contain a fragment ('#…')",
    "urls.2: must have one of the site's hosts:",
    'urls.2: must have an ordinary path: one wi',
    'everything: must be true or left out, got ',
    'caller: must be 1 to 256 characters withou',
    'the request: has unknown fields: force, go',
  ]);
});

test.each([undefined, null, 'all', [], 7])('fails for %j', (input) => {
  expect(faults(input)).toEqual([expect.stringContaining('the request: must be an object such as')]);
});

test.each([{}, { urls: [] }, { caller: 'ann' }])('fails for %j, which selects nothing', (input) => {
  expect(faults(input)).toEqual([
    expect.stringContaining(
      'the request: must select something by urls, exactUrls, prefixes, tags, hosts or everything',
    ),
  ]);
});

test('fails for too many URLs', () => {
  const urls = Array.from({ length: 10_001 }, (_, i) => `http://example.com/${i}`);
  expect(faults({ urls })).toEqual([expect.stringContaining('urls: must have at most 10000 URLs')]);
  expect(faults({ urls: urls.slice(1) })).toEqual([]);
});

const selectors = (input: unknown, site = config) => parsePurgeRequest(site, input).selectors;
const host = 'example.com';

test('all kinds of selection become canonical selectors, each once', () => {
  const input = {
    urls: ['http://example.com/a', 'https://EXAMPLE.com/%61?x=1'],
    exactUrls: ['https://example.com/a?b=2&a=1&utm_source=x'],
    prefixes: ['https://example.com/items/'],
    tags: ['news', 'news', 'product-7'],
    hosts: ['Example.com', 'b\u00fccher.example'],
  };
  expect(selectors(input)).toEqual([
    { kind: 'url', host, path: '/a' },
    { kind: 'exact', host, path: '/a', query: 'a=1&b=2' },
    { kind: 'prefix', host, path: '/items/' },
    { kind: 'tag', tag: 'news' },
    { kind: 'tag', tag: 'product-7' },
    { kind: 'host', host },
    { kind: 'host', host: 'xn--bcher-kva.example' },
  ]);
});

test('everything makes all else superfluous', () => {
  const request = parsePurgeRequest(config, { everything: true, urls: ['https://example.com/'], tags: ['a'] });
  expect([request.selectors, request.pages]).toEqual([[{ kind: 'everything' }], []]);
});

test('of a URL the keys with its query and with none need no index, of an exact one only its own', () => {
  const pages = (input: unknown) => parsePurgeRequest(config, input).pages.map(({ query }) => query);
  expect(pages({ urls: ['https://example.com/?a=1'] })).toEqual(['a=1', '']);
  expect(pages({ exactUrls: ['https://example.com/?a=1'] })).toEqual(['a=1']);
});

test.each([
  [{ prefixes: ['https://example.com/a?b=1'] }, 'prefixes.0: must not have a query'],
  [{ prefixes: ['/a'] }, 'prefixes.0: must be an absolute URL'],
  [{ tags: [''] }, 'tags.0: must be a tag of 1 to 256 visible ASCII characters'],
  [{ tags: ['a b'] }, 'tags.0: must be a tag'],
  [{ tags: ['caf\u00e9'] }, 'tags.0: must be a tag'],
  [{ tags: ['x'.repeat(257)] }, 'tags.0: must be a tag'],
  [{ tags: Array.from({ length: 1001 }, (_, i) => `${i}`) }, 'tags: must have at most 1000 tags'],
  [{ hosts: ['https://example.com'] }, 'hosts.0: must be a host without scheme, port or path'],
  [{ hosts: ['example.com:8080'] }, 'hosts.0: must be a host without'],
  [{ hosts: ['a b'] }, 'hosts.0: must be a host without'],
  [{ everything: true, mode: 'soft' }, "mode: must be 'delete' or 'refresh'"],
  [{ everything: true, dryRun: 'yes' }, 'dryRun: must be true or false'],
])('fails for %j', (input, fault) => {
  expect(faults(input)).toEqual([expect.stringContaining(fault)]);
});

test('fails for a host that is not the site\u2019s', () => {
  expect(faults({ hosts: ['example.org'] }, strict)).toEqual([
    'hosts.0: must be one of the site\'s hosts: example.com, www.example.com, got "example.org"',
  ]);
});

test('fails for more than 10,000 URLs of both kinds together', () => {
  const urls = Array.from({ length: 5001 }, (_, i) => `http://example.com/${i}`);
  expect(faults({ urls, exactUrls: urls })).toEqual([expect.stringContaining('together with urls, at most 10000')]);
});

test('fails for a refresh where nothing can be rendered', () => {
  const input = { tags: ['a'], mode: 'refresh' };
  expect(() => parsePurgeRequest(config, input, false)).toThrow('cannot reach its origin');
  expect(parsePurgeRequest(config, input, true).mode).toBe('refresh');
});

describe('without an index', () => {
  const none = parseSiteConfig({ site: 'test', purging: { index: 'none' } });
  const flushing = parseSiteConfig({ site: 'test', purging: { index: 'none', flush: true } });

  test('exact URLs can be purged, and everything where the nodes may be emptied', () => {
    expect(selectors({ exactUrls: ['https://example.com/'] }, none)).toHaveLength(1);
    expect(selectors({ everything: true }, flushing)).toEqual([{ kind: 'everything' }]);
  });

  test('fails with a reason for all that only an index knows', () => {
    const url = 'https://example.com/';
    const input = {
      ...{ urls: [url], prefixes: [url], tags: ['a'], hosts: ['example.com'] },
      ...{ everything: true, mode: 'refresh', dryRun: true },
    };
    const found = faults(input, none);
    expect(found.map((fault) => fault.split(':')[0])).toEqual([
      ...['urls', 'prefixes', 'tags', 'hosts', 'everything', 'mode', 'dryRun'],
    ]);
    for (const fault of found) expect(fault).toContain("(purging.index is 'none')");
  });

  test('fails for a site whose pages have more variants than can be tried', () => {
    const values = Array.from({ length: 32 }, (_, i) => `v${i}`);
    const variants = ['a', 'b', 'c'].map((name) => ({ name, source: 'cookie' as const, field: name, values }));
    const many = parseSiteConfig({ site: 'test', key: { variants }, purging: { index: 'none' } });
    expect(faults({ exactUrls: ['https://example.com/'] }, many)).toEqual([expect.stringContaining('over 4096')]);
  });
});
