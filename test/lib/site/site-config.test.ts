import { parseSiteConfig, SiteConfigError } from '../../../lib/site/site-config';

test('a site needs nothing but a name', () => {
  expect(parseSiteConfig({ site: 'demo' })).toMatchObject({
    mode: 'on',
    hosts: [],
    key: { version: 1, scheme: 'separate', query: { policy: 'except' }, variants: [] },
    storage: { defaultTtl: 60, negativeTtl: 0, makeEtags: true },
  });
});

test('fails with every fault at once, each with its field, its rule and its value', () => {
  const faults = faultsOf({
    site: 'Demo!',
    hosts: ['www.example.com', 'Example.com:80'],
    key: { variants: [{ name: 'pv', source: 'cookie', field: 'pv', values: ['a'] }] },
    storage: { defaultTtl: -1 },
    limts: {},
  });
  expect(faults).toEqual(
    [
      "the document: has no field 'limts'",
      'site: must be the site\'s name: lower-case letters, digits and -, 32 at most, got "Demo!"',
      'hosts.1: must be a host name in lower case, without a port, got "Example.com:80"',
      'key.variants.0.values: must have at least two values, got ["a"]',
      'storage.defaultTtl: must be at least 0 seconds, got -1',
    ].sort(),
  );
});

test.each([
  [{ eligibility: { harmlessCookies: ['a;b'] } }, 'eligibility.harmlessCookies.0'],
  [{ eligibility: { bypassPaths: ['admin'] } }, 'eligibility.bypassPaths.0'],
  [{ fill: { headers: { 'X-A': 'a"b' } } }, 'fill.headers.X-A'],
  [{ fill: { headers: { 'X A': 'a' } } }, 'fill.headers.X A'],
  [{ fill: { clientAddress: 'somewhere' } }, 'fill.clientAddress'],
  [
    { fill: { forwardedHeaders: ['X-Ok', 'If-Match'] } },
    'fill.forwardedHeaders.1: must not be a header that renderings',
  ],
  [{ fill: { forwardedHeaders: ['X_Id'] } }, 'fill.forwardedHeaders.0'],
  [{ fill: { forwardedHeaders: ['X-Nms-Key'] } }, 'fill.forwardedHeaders.0'],
  [{ fill: { forwardedHeaders: ['Foo', 'foo'] } }, 'fill.forwardedHeaders: must not name a header twice'],
  [
    {
      key: { variants: [{ name: 'v', source: 'header', field: 'Foo', values: ['a', 'b'] }] },
      fill: { forwardedHeaders: ['FOO'] },
    },
    'fill.forwardedHeaders.0: must not be a header of a variant',
  ],
  [{ storage: { targetedFields: ['Cache-Control'] } }, 'storage.targetedFields.0'],
  [{ storage: { targetedFields: ['Set-Cookie'] } }, 'storage.targetedFields.0'],
  [{ storage: { targetedFields: ['A-Cache-Control', 'a-cache-control'] } }, 'storage.targetedFields: must not name'],
  [{ storage: { heuristicFraction: 1.5 } }, 'storage.heuristicFraction'],
  [{ storage: { keepNoCache: true } }, 'storage.keepNoCache: must be false without keptFor'],
  [{ storage: { staleWhileRevalidate: 60 } }, 'storage.staleWhileRevalidate: must not exceed keptFor'],
  [{ eligibility: { requestDirectives: 'obey' } }, "eligibility.requestDirectives: must be 'ignore' or 'honour'"],
  [{ cacheStatus: { details: ['age'] } }, 'cacheStatus.details.0'],
  [
    { key: { variants: [{ name: 'r', source: 'header', field: 'Range', values: ['a', 'b'] }] } },
    'key.variants.0.field',
  ],
  [{ key: { variants: [{ name: 'r', source: 'cookie', field: 'r', values: ['a', 'a'] }] } }, 'key.variants.0.values'],
  [{ key: { variants: [{ name: 'r', source: 'ip', field: 'r', values: ['a', 'b'] }] } }, 'key.variants.0.source'],
  [{ key: { variants: [{ name: 'l', source: 'language', values: ['de', 'x-klingon'] }] } }, 'key.variants.0.values.1'],
  [{ key: { variants: [{ name: 'l', source: 'language', values: ['de', 'd_AT'] }] } }, 'key.variants.0.values.1'],
  [
    { key: { variants: [{ name: 'l', source: 'language', field: 'x', values: ['de', 'en'] }] } },
    'key.variants.0: has no field',
  ],
  [device({ values: ['desktop', 'mobile', 'tv'] }), 'key.variants.0.values.2: must have a rule, or be the first'],
  [device({ rules: [{ value: 'phone', contains: ['Mobi'] }] }), 'key.variants.0.rules.0.value: must be one of'],
  [device({ rules: [{ value: 'mobile', contains: ['Mobi|.*'] }] }), 'key.variants.0.rules.0.contains.0'],
  [device({ rules: [{ value: 'mobile', contains: [' '] }] }), 'key.variants.0.rules.0.contains.0'],
  [device({ rules: [{ value: 'mobile', contains: [] }] }), 'key.variants.0.rules.0.contains'],
  [device({ userAgents: { tablet: 'x' } }), 'key.variants.0.userAgents.tablet'],
  [device({ userAgents: { mobile: '$host' } }), 'key.variants.0.userAgents.mobile'],
  [device({ field: 'User-Agent' }), 'key.variants.0.field'],
  [device({ field: 'X_Device' }), 'key.variants.0.field'],
  [{ key: { variants: [cookie('a', 'x'), cookie('a', 'y')] } }, 'key.variants: must not name a variant twice'],
  [
    { key: { variants: [cookie('a', 'x'), cookie('b', 'x')] } },
    'key.variants: must not read a cookie or a header twice',
  ],
  [{ key: { query: { policy: 'only', names: [] } } }, 'key.query.names'],
  [{ storage: { negativeTtl: 301 } }, 'storage.negativeTtl'],
  [{ storage: { negativeTtl: 20, maxNegativeTtl: 10 } }, 'storage.negativeTtl'],
  [{ storage: { maxNegativeTtl: 3601 } }, 'storage.maxNegativeTtl'],
  [{ storage: { makeEtags: 'weak' } }, 'storage.makeEtags'],
  [{ scheme: { headers: [{ name: 'X_SSL', value: 'on' }] } }, 'scheme.headers.0.name'],
  [{ scheme: { headers: [{ name: 'Host', value: 'on' }] } }, 'scheme.headers.0.name'],
  [{ scheme: { headers: [{ name: 'X-Forwarded-Proto', value: 'on' }] } }, 'scheme.headers.0.name'],
  [{ scheme: { headers: [{ name: 'X-SSL', value: 'o.*' }] } }, 'scheme.headers.0.value'],
  [{ scheme: { headers: ['X-SSL', 'x-ssl'].map((name) => ({ name, value: 'on' })) } }, 'scheme.headers'],
  [{ scheme: { headers: ['A', 'B', 'C', 'D', 'E'].map((name) => ({ name, value: 'on' })) } }, 'scheme.headers'],
])('fails with what could not stand in a configuration or a header: %j', (part, field) => {
  expect(faultsOf({ site: 'demo', ...part }).join('\n')).toContain(field.includes(': ') ? field : `${field}: `);
});

function cookie(name: string, field: string) {
  return { name, source: 'cookie', field, values: ['a', 'b'] };
}

function device(changed: object) {
  const rules = [{ value: 'mobile', contains: ['Mobi'] }];
  return { key: { variants: [{ name: 'd', source: 'device', values: ['desktop', 'mobile'], rules, ...changed }] } };
}

test('fails for pages that are to be answered for longer than they are kept', () => {
  expect(faultsOf({ site: 'demo', storage: { keptFor: 60, staleIfError: 61 } })).toEqual([
    'storage.staleIfError: must not exceed keptFor: what is not kept cannot be answered, got 61',
  ]);
});

function faultsOf(document: unknown): string[] {
  try {
    parseSiteConfig(document);
  } catch (error) {
    expect(error).toBeInstanceOf(SiteConfigError);
    return (error as SiteConfigError).faults.sort();
  }
  return [];
}
