import { Duration, Size } from 'aws-cdk-lib';
import {
  CacheStatusDetail,
  type NginxMemcacheSiteProps,
  PageIndexing,
  PageVariant,
  QueryPolicy,
  SchemePolicy,
} from '../../lib/index';
import { parseSiteConfig } from '../../lib/site/site-config';
import { newSite, siteDocuments } from './site-template';

describe('the document', () => {
  test('is the same in the image and in the functions that work with pages, and says what the props say', () => {
    const site = newSite({
      siteName: 'shop',
      hosts: ['www.example.com'],
      keyVersion: 3,
      queryPolicy: QueryPolicy.only('page'),
      schemePolicy: SchemePolicy.SAME,
      variants: [PageVariant.cookie('pv', ['a', 'b']), PageVariant.header('X_Device', ['desktop', 'phone'])],
      harmlessCookies: ['seen'],
      bypassPaths: ['/account'],
      bypassHosts: ['edit.example.com'],
      defaultTtl: Duration.minutes(5),
      maxTtl: Duration.hours(2),
      negativeTtl: Duration.seconds(10),
      maxNegativeTtl: Duration.minutes(1),
      makeEtags: false,
      routes: [
        { path: '/static', ttl: Duration.hours(1) },
        { path: '/news', tags: ['news'], minify: false, cacheTokens: false },
      ],
      minify: true,
      cacheTokens: true,
      cacheOffSiteRedirects: true,
      keepTagHeaders: true,
      index: PageIndexing.FULL,
      purgeOnUnsafeRequests: true,
      refreshConcurrency: 8,
      ignoredVary: ['X-Trace'],
      keptFor: Duration.days(1),
      staleIfError: Duration.hours(1),
      fillHeaders: { 'X-Site': 'shop' },
      maxPageSize: Size.mebibytes(1),
      perNodeCache: Size.mebibytes(256),
      targetedFields: ['Shop-Cache-Control'],
      heuristicFraction: 0.1,
      errorsThatSaySo: true,
      keepNoCache: true,
      staleWhileRevalidate: Duration.minutes(30),
      cacheAuthorized: true,
      honourRequestDirectives: true,
      forwardedHeaders: ['X-Request-Id'],
      answerUnstorable: true,
      cacheStatusDetails: [CacheStatusDetail.TTL, CacheStatusDetail.KEY, CacheStatusDetail.ORIGIN_STATUS],
      fragments: {
        cachedPaths: ['/fragments'],
        privatePaths: ['/own'],
        pages: ['/news'],
        timeout: Duration.seconds(2),
      },
    });

    const documents = Object.values(siteDocuments(site));

    const expected = parseSiteConfig({
      site: 'shop',
      mode: 'on',
      hosts: ['www.example.com'],
      key: {
        version: 3,
        scheme: 'same',
        query: { policy: 'only', names: ['page'] },
        variants: [
          { name: 'pv', source: 'cookie', field: 'pv', values: ['a', 'b'] },
          { name: 'x-device', source: 'header', field: 'X_Device', values: ['desktop', 'phone'] },
        ],
      },
      eligibility: {
        harmlessCookies: ['seen'],
        bypassPaths: ['/account'],
        bypassHosts: ['edit.example.com'],
        authorization: 'as-the-page-says',
        requestDirectives: 'honour',
      },
      storage: {
        defaultTtl: 300,
        maxTtl: 7200,
        negativeTtl: 10,
        maxNegativeTtl: 60,
        makeEtags: false,
        routes: [
          { path: '/static', ttl: 3600 },
          { path: '/news', tags: ['news'], minify: false, storeTokens: false },
        ],
        minify: true,
        storeTokens: true,
        offSiteRedirects: true,
        ignoredVary: ['X-Trace'],
        keptFor: 86_400,
        staleIfError: 3600,
        targetedFields: ['Shop-Cache-Control'],
        heuristicFraction: 0.1,
        errorsThatSaySo: true,
        keepNoCache: true,
        staleWhileRevalidate: 1800,
      },
      tags: { keepHeaders: true },
      purging: { index: 'full', flush: false, onUnsafeRequests: true, refreshConcurrency: 8 },
      fill: { headers: { 'X-Site': 'shop' }, forwardedHeaders: ['X-Request-Id'], unstorable: 'answer' },
      cacheStatus: { details: ['ttl', 'key', 'fwd-status'] },
      limits: { pageSize: 1048576 },
      perNodeCache: { size: 268435456 },
      fragments: { cachedPaths: ['/fragments'], privatePaths: ['/own'], pages: ['/news'], timeout: 2 },
    });
    expect(documents).toEqual([expected, expected, expected, expected]);
  });

  test('says that no rows are kept, and that the nodes hold nothing else', () => {
    const [document] = Object.values(siteDocuments(newSite({ index: PageIndexing.NONE, flushOnPurge: true })));

    expect(document).toMatchObject({ purging: { index: 'none', flush: true } });
  });

  test.each<[string, Partial<NginxMemcacheSiteProps>, string]>([
    ['caches when nothing is said', {}, 'on'],
    ['takes the cache out of the way with enabled: false', { enabled: false }, 'off'],
    ['decides and logs only with observeOnly: true', { observeOnly: true }, 'observe'],
  ])('%s', (_, props, mode) => {
    const documents = Object.values(siteDocuments(newSite(props)));

    expect(documents).toHaveLength(4);
    expect(documents).toEqual(documents.map(() => expect.objectContaining({ mode }) as unknown));
  });

  test('gives the same assets for the same props, and others for others', () => {
    const assets = (props: Partial<NginxMemcacheSiteProps>) => Object.keys(siteDocuments(newSite(props)));
    const once = assets({ keyVersion: 2 });

    expect(assets({ keyVersion: 2 })).toEqual(once);
    expect(assets({ keyVersion: 3 }).filter((asset) => once.includes(asset))).toEqual([]);
  });
});

describe('fails', () => {
  test.each<[string, Partial<NginxMemcacheSiteProps>, string]>([
    [
      'enabled and observeOnly',
      { enabled: false, observeOnly: true },
      'enabled: false and observeOnly: true contradict',
    ],
    ['desiredCount', { desiredCount: 0 }, 'desiredCount must be a whole number of at least 1, got: 0'],
    [
      'siteName',
      { siteName: 'My Shop' },
      `site: must be the site's name: lower-case letters, digits and -, 32 at most, got "My Shop"`,
    ],
    [
      'hosts',
      { hosts: ['www.example.com', 'Bad:80'] },
      'hosts.1: must be a host name in lower case, without a port, got "Bad:80"',
    ],
    ['keyVersion', { keyVersion: 0 }, 'key.version: must be at least 1, got 0'],
    ['queryPolicy', { queryPolicy: QueryPolicy.only() }, 'key.query.names: must name at least one parameter, got []'],
    ['variants', { variants: [PageVariant.cookie('pv', ['a', 'b c'])] }, 'key.variants.0.values.1: must be'],
    ['harmlessCookies', { harmlessCookies: ['a b'] }, 'eligibility.harmlessCookies.0: must be'],
    ['bypassPaths', { bypassPaths: ['account'] }, `eligibility.bypassPaths.0: must be a path that starts with '/'`],
    ['bypassHosts', { bypassHosts: ['A'] }, 'eligibility.bypassHosts.0: must be a host name'],
    ['fragments', { fragments: { pages: ['/a'] } }, 'fragments: must name cachedPaths or privatePaths'],
    [
      'defaultTtl',
      { defaultTtl: Duration.millis(1500) },
      'storage.defaultTtl: must be a whole number of seconds, got 1.5',
    ],
    ['maxTtl', { maxTtl: Duration.days(366) }, 'storage.maxTtl: must be at most 31536000 seconds, got 31622400'],
    ['keptFor', { keptFor: Duration.days(366) }, 'storage.keptFor: must be at most 31536000 seconds, got 31622400'],
    ['staleIfError', { staleIfError: Duration.hours(1) }, 'storage.staleIfError: must not exceed keptFor'],
    [
      'negativeTtl',
      { negativeTtl: Duration.minutes(10) },
      'storage.negativeTtl: must be at most storage.maxNegativeTtl, 300 seconds by default, got 600',
    ],
    ['routes', { routes: [{ path: 'x', ttl: Duration.days(400) }] }, 'storage.routes.0.path: must be a path'],
    [
      'route without a rule',
      { routes: [{ path: '/x' }] },
      'storage.routes.0: must have a ttl, tags, minify or storeTokens',
    ],
    ['tag', { routes: [{ path: '/x', tags: ['a b'] }] }, 'storage.routes.0.tags.0: must be a tag'],
    ['flushOnPurge', { flushOnPurge: true }, "purging.flush: must be false where the index is 'full'"],
    [
      'purgeOnUnsafeRequests',
      { purgeOnUnsafeRequests: true, index: PageIndexing.NONE },
      "purging.onUnsafeRequests: must be false where the index is 'none'",
    ],
    ['refreshConcurrency', { refreshConcurrency: 0 }, 'purging.refreshConcurrency: must be at least 1, got 0'],
    ['ignoredVary', { ignoredVary: ['X Y'] }, 'storage.ignoredVary.0: must be'],
    ['fillHeaders', { fillHeaders: { 'X-A': 'a"b' } }, 'fill.headers.X-A: must be'],
    [
      'perNodeCache',
      { perNodeCache: Size.bytes(10) },
      'perNodeCache.size: must be 0, or at least 1048576 bytes, got 10',
    ],
    ['maxPageSize', { maxPageSize: Size.bytes(10) }, 'limits.pageSize: must be at least 1024 bytes, got 10'],
  ])('for a bad %s, naming the construct, the rule and the value', (_, props, message) => {
    expect(() => newSite(props)).toThrow(message);
    expect(() => newSite(props)).toThrow(/^Shop\/Site: /);
  });

  test('once, with every fault', () => {
    expect(() => newSite({ hosts: ['A'], defaultTtl: Duration.millis(1), bypassPaths: ['x'] })).toThrow(
      /has 3 faults:\n {2}hosts\.0: .*\n {2}eligibility\.bypassPaths\.0: .*\n {2}storage\.defaultTtl: /,
    );
  });
});
