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

const address = (url: string) => parsePurgeRequest(config, { urls: [url] }).pages[0];

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
