import { canonicalize } from '../../../lib/site/canonicalize';
import { hasFragments } from '../../../lib/site/fragments';
import { renderNginx } from '../../../lib/site/nginx/render';
import { keySpecVersion } from '../../../lib/site/page-key';
import { parseSiteConfig, SiteConfigError, type SiteConfigInput } from '../../../lib/site/site-config';

const DEPLOYMENT = {
  listen: '8080',
  statusListen: '8081',
  nodes: ['a:11211'],
  writer: '127.0.0.1:8082',
  origin: 'http://app.internal',
  originHostHeader: 'visitor',
  behindLoadBalancer: true,
  directory: '/run/site',
  accessLog: '/dev/stdout',
  errorLog: 'stderr',
} as const;
const OWN_FILES = ['site-fragments.conf', 'site-fragment-paths.conf', 'site-surrogate-headers.conf'];

const parse = (document: Omit<SiteConfigInput, 'site'>) => parseSiteConfig({ site: 'demo', ...document });

test.each<[string, SiteConfigInput['fragments'], string]>([
  ['nothing to include', { pages: ['/'] }, 'fragments: must name cachedPaths or privatePaths'],
  ['a path without /', { cachedPaths: ['a'] }, "fragments.cachedPaths.0: must be a path that starts with '/'"],
  ['a pattern', { privatePaths: ['/a', '/b|c'] }, 'fragments.privatePaths.1: must be a path'],
  ['a page with a query', { cachedPaths: ['/a'], pages: ['/b?c'] }, 'fragments.pages.0: must be a path'],
  ['no time', { cachedPaths: ['/a'], timeout: 0 }, 'fragments.timeout: must be at least 1 second, got 0'],
  ['part of a second', { cachedPaths: ['/a'], timeout: 1.5 }, 'fragments.timeout: must be a whole number of seconds'],
])('fails for %s', (_, fragments, fault) => {
  expect(() => parse({ fragments })).toThrow(fault);
});

test('fails where the application stores the pages itself', () => {
  expect(() =>
    parse({ compatibility: { preset: 'uri-digest' }, fragments: { cachedPaths: ['/a'] }, hosts: ['www.example.com'] }),
  ).toThrow(SiteConfigError);
  expect(() =>
    parse({ compatibility: { preset: 'uri-digest' }, fragments: { cachedPaths: ['/a'] }, hosts: ['www.example.com'] }),
  ).toThrow('fragments: must be left out');
});

test('a site without fragments has the configuration that it had', () => {
  const files = renderNginx(parse({}), DEPLOYMENT);
  const directives = OWN_FILES.map((name) => files[name]?.replace(/^#.*\n/gm, ''));
  expect(directives).toEqual(['', '', '']);
  expect(files['site-listen.conf']).toMatch(/^listen 8080;$/m);
  expect(Object.values(files).join()).not.toMatch(/fragments|surrogate-c|\bssi\b|readable_encoding|pages.sock/i);
});

test('nothing else of the configuration changes with fragments but where the site listens, what has no host, and ranges', () => {
  const without = renderNginx(parse({}), DEPLOYMENT);
  const files = renderNginx(parse({ fragments: { cachedPaths: ['/f'] } }), DEPLOYMENT);
  const changed = Object.keys(files).filter((name) => files[name] !== without[name]);
  const others = ['site-listen.conf', 'site-upstreams.conf', 'site-key.conf', 'site-maps.conf'];
  expect(changed.sort()).toEqual([...OWN_FILES, ...others].sort());
  const lines = (text = '') => text.split('\n');
  const gone = lines(without['site-maps.conf']).filter((line) => !lines(files['site-maps.conf']).includes(line));
  expect(gone).toEqual([expect.stringMatching(/^ {2}"~\^GET range.* 1;$/)]);
});

test('private fragments bypass the cache, and cached ones do not', () => {
  const config = parse({ fragments: { cachedPaths: ['/fragments'], privatePaths: ['/own'] } });
  const reasonOf = (target: string) => {
    const headers = [['Host', 'www.example.com']] as const;
    const result = canonicalize(config, { method: 'GET', target, headers, scheme: 'http' });
    return result.eligible ? 'eligible' : result.reason;
  };
  expect(['/own', '/own/cart', '/owner', '/fragments/a'].map(reasonOf)).toEqual([
    'path',
    'path',
    'eligible',
    'eligible',
  ]);
});

test('pages of a site that stores them otherwise are left behind, and those of all others stay', () => {
  const version = (fragments?: SiteConfigInput['fragments']) => keySpecVersion(parse({ fragments }));
  const versions = [version(), version({ cachedPaths: ['/a'] }), version({ cachedPaths: ['/a'], pages: ['/b'] })];
  expect(new Set(versions).size).toBe(3);
  expect(version({ privatePaths: ['/c'] })).toBe(versions[1]);
});

test.each([
  ['/shop', true],
  ['/shop/a', true],
  ['/shopping', false],
  ['/', false],
])('the page %s has fragments without asking: %p', (path, has) => {
  const { fragments } = parse({ fragments: { cachedPaths: ['/a'], pages: ['/shop'] } });
  expect(fragments && hasFragments(fragments, path)).toBe(has);
});
