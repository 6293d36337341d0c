import {
  Fill,
  type NginxMemcacheSiteProps,
  NginxMemcacheKey,
  Origin,
  OriginHost,
  PageFormat,
  PageIndexing,
  PageVariant,
  PurgeMode,
  QueryPolicy,
  SchemePolicy,
} from '../../lib/index';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { newSite, siteDocuments } from './site-template';

const hosts = ['www.example.com'];

test.each<[string, PageFormat, SiteConfigInput['compatibility']]>([
  ['djangoNginxMemcache', PageFormat.djangoNginxMemcache(), { preset: 'django-nginx-memcache' }],
  [
    'djangoNginxMemcache with options',
    PageFormat.djangoNginxMemcache({
      prefix: 'ps',
      version: 2,
      follows: NginxMemcacheKey.READER,
      cookie: 'edition',
      pageVersions: ['', 'large'],
    }),
    {
      preset: 'django-nginx-memcache',
      prefix: 'ps',
      version: 2,
      follows: 'reader',
      cookie: 'edition',
      pageVersions: ['', 'large'],
    },
  ],
  [
    'prefixPath',
    PageFormat.prefixPath('site1', { contentType: 'application/xml', gzipFlag: 4 }),
    { preset: 'prefix-path', prefix: 'site1', contentType: 'application/xml', gzipFlag: 4 },
  ],
  ['uriDigest', PageFormat.uriDigest(), { preset: 'uri-digest' }],
  ['customKey', PageFormat.customKey('pages', { version: 3 }), { preset: 'custom-key', key: 'pages', version: 3 }],
])('PageFormat.%s stands in the document of the image and the functions', (_, pageFormat, compatibility) => {
  const documents = Object.values(
    siteDocuments(newSite({ siteName: 'shop', hosts, pageFormat, cachedPaths: ['/news'] })),
  );

  const expected = parseSiteConfig({ site: 'shop', hosts, compatibility, eligibility: { cachedPaths: ['/news'] } });
  expect(documents).toEqual([expected, expected, expected, expected]);
});

describe('fails', () => {
  const vary: [string, Partial<NginxMemcacheSiteProps>, string][] = [
    ['variants', { variants: [PageVariant.cookie('pv', ['a', 'b'])] }, 'key.variants: must be left out: compatibility'],
    ['queryPolicy', { queryPolicy: QueryPolicy.none() }, 'key.query: must be left out'],
    ['keyVersion', { keyVersion: 2 }, 'key.version: must be left out'],
    ['schemePolicy', { schemePolicy: SchemePolicy.SEPARATE }, "key.scheme: must be 'same' or 'https-bypasses'"],
    ['index', { index: PageIndexing.FULL }, "purging.index: must be 'none'"],
    ['fill', { fill: Fill.sidecar() }, 'fill and pageFormat contradict each other'],
    ['prefix', { pageFormat: PageFormat.prefixPath('a b') }, 'compatibility.prefix: must be at most 100 letters'],
    [
      'hostHeader',
      { origin: Origin.http('https://app.example.com', { hostHeader: OriginHost.ORIGIN }) },
      "the origin's hostHeader must be OriginHost.VISITOR, got: OriginHost.ORIGIN",
    ],
  ];

  test.each(vary)('for %s with a page format of the application, naming the construct', (_, props, message) => {
    const make = () => newSite({ hosts, pageFormat: PageFormat.uriDigest(), ...props });
    expect(make).toThrow(message);
    expect(make).toThrow(/^Shop\/Site: /);
  });

  test('not for an origin that knows its own name only, where keys have no host', () => {
    const origin = Origin.http('https://app.example.com', { hostHeader: OriginHost.ORIGIN });
    expect(() => newSite({ hosts, origin, pageFormat: PageFormat.customKey('pages') })).not.toThrow();
  });

  test('for purges that only an index can do', () => {
    const site = newSite({ hosts, pageFormat: PageFormat.uriDigest() });
    expect(() => site.purgeOnDeploy()).toThrow(/everything must be left out: the site keeps no index of its pages/);
    expect(() => site.purgeOnDeploy({ tags: ['news'] })).toThrow(/tags must be left out/);
    expect(() => site.purgeOnDeploy({ exactUrls: ['https://www.example.com/'], mode: PurgeMode.REFRESH })).toThrow(
      /mode must be PurgeMode.DELETE/,
    );
  });
});
