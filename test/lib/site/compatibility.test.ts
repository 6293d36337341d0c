import { canonicalize } from '../../../lib/site/canonicalize';
import { parseSiteConfig, type SiteConfigInput, SiteConfigError } from '../../../lib/site/site-config';

function faultsOf(document: Omit<SiteConfigInput, 'site'> | object): string[] {
  try {
    parseSiteConfig({ site: 'test', ...document });
  } catch (error) {
    return (error as SiteConfigError).faults;
  }
  return [];
}

const hosts = ['example.com'];
const uriDigest = { preset: 'uri-digest' };

test('an application that stores its pages itself needs no rows, and one page for both schemes', () => {
  const config = parseSiteConfig({ site: 'test', compatibility: uriDigest });
  expect(config).toMatchObject({ key: { scheme: 'same' }, purging: { index: 'none' } });
  // As it stands in the image and in the functions.
  expect(parseSiteConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

// Computed with Python: hashlib.md5(…).hexdigest().
test.each([
  [{ preset: 'django-nginx-memcache', prefix: 'ps' }, 'ps:1:59be37827e3a8450ffb866d08ef54af8'],
  [{ preset: 'django-nginx-memcache', follows: 'reader' }, ':1:ed2af703a1470eab773e60f3f0059173'],
  [{ preset: 'uri-digest', version: 2 }, ':2:c546c71f4551d44175196db0ddfd2bcb'],
  [{ preset: 'custom-key', key: 'CUSTOMKEY' }, ':1:CUSTOMKEY:/list?page=2'],
])('the key of %j is %s', (compatibility, key) => {
  const headers = [['Host', 'example.com']] as const;
  const request = { method: 'GET', target: '/list?page=2', headers, scheme: 'http' } as const;
  const decided = canonicalize(parseSiteConfig({ site: 'test', hosts, compatibility }), request);
  expect(decided.eligible ? decided.request.key : decided.reason).toBe(key);
});

test.each<[object, string]>([
  [{ preset: 'other' }, "compatibility.preset: must have a preset: 'django-nginx-memcache', 'prefix-path', "],
  [{ preset: 'uri-digest', key: 'x' }, "compatibility: has no field 'key'"],
  [
    { preset: 'uri-digest', prefix: 'a b' },
    'compatibility.prefix: must be at most 100 letters, digits and :._~!@+,=/-',
  ],
  [{ preset: 'uri-digest', prefix: '$uri' }, 'compatibility.prefix: '],
  [{ preset: 'custom-key', key: '100%' }, 'compatibility.key: '],
  [{ preset: 'uri-digest', contentType: 'text/html"; x' }, 'compatibility.contentType: must be a media type'],
  [{ preset: 'uri-digest', gzipFlag: 0 }, 'compatibility.gzipFlag: must be at least 1'],
  [{ preset: 'django-nginx-memcache', cookie: 'a=b' }, "compatibility.cookie: must be a cookie's name"],
  [{ preset: 'django-nginx-memcache', pageVersions: [] }, 'compatibility.pageVersions: must have at least one version'],
  [{ preset: 'django-nginx-memcache', pageVersions: ['a', 'a'] }, 'must not repeat a version'],
  [{ preset: 'django-nginx-memcache', pageVersions: ['a', ''] }, "must have '' in the first place or not at all"],
  [{ preset: 'django-nginx-memcache', pageVersions: ['a&pv=b'] }, 'must be letters, digits and _.-'],
])('fails with %j', (compatibility, fault) => {
  expect(faultsOf({ hosts, compatibility }).join('\n')).toContain(fault);
});

test.each<[object, string]>([
  [{ key: { version: 2 } }, 'key.version: must be left out: compatibility says how keys are made, got 2'],
  [{ key: { query: { policy: 'none' } } }, 'key.query: must be left out'],
  [
    { key: { variants: [{ name: 'a', source: 'cookie', field: 'a', values: ['a', 'b'] }] } },
    'key.variants: must be left',
  ],
  [
    { key: { scheme: 'separate' } },
    "key.scheme: must be 'same' or 'https-bypasses': the keys of compatibility have no",
  ],
  [{ purging: { index: 'full' } }, "purging.index: must be 'none': the application stores the pages itself"],
  [{ purging: { onUnsafeRequests: true } }, "purging.onUnsafeRequests: must be false where the index is 'none'"],
  [{ perNodeCache: { size: 1_048_576 } }, 'perNodeCache: must be left out: the application stores the pages itself'],
  [{ storage: { defaultTtl: 5 } }, 'storage: must be left out'],
  [{ tags: { keepHeaders: true } }, 'tags: must be left out'],
  [{ fill: { headers: { 'X-A': 'a' } } }, 'fill: must be left out'],
])('fails with %j, which means nothing where the application stores its pages itself', (document, fault) => {
  expect(faultsOf({ ...document, compatibility: uriDigest }).join('\n')).toContain(fault);
  expect(faultsOf(document).join('\n').includes('compatibility')).toBe(false);
});

test.each(['prefix-path', 'custom-key'])(
  "fails for %s without hosts: the first visitor's Host would be in everybody's page",
  (preset) => {
    const compatibility = { preset, ...(preset === 'custom-key' ? { key: 'x' } : {}) };
    expect(faultsOf({ compatibility }).join('\n')).toMatch(/^hosts: must name the site's hosts: the keys of /);
    expect(faultsOf({ hosts, compatibility })).toEqual([]);
  },
);
