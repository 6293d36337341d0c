import { parseSiteConfig, SiteConfigError } from '../../../lib/site/site-config';

test('a site needs nothing but a name', () => {
  expect(parseSiteConfig({ site: 'demo' })).toMatchObject({
    mode: 'on',
    hosts: [],
    key: { version: 1, scheme: 'separate', query: { policy: 'except' }, variants: [] },
    storage: { defaultTtl: 60 },
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
    { key: { variants: [{ name: 'r', source: 'header', field: 'Range', values: ['a', 'b'] }] } },
    'key.variants.0.field',
  ],
  [{ key: { variants: [{ name: 'r', source: 'cookie', field: 'r', values: ['a', 'a'] }] } }, 'key.variants.0.values'],
  [{ key: { query: { policy: 'only', names: [] } } }, 'key.query.names'],
])('fails with what could not stand in a configuration or a header: %j', (part, field) => {
  expect(faultsOf({ site: 'demo', ...part }).join('\n')).toContain(`${field}: `);
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
