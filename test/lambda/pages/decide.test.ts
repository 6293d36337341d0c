import { decide, type IncomingRequest } from '../../../lambda/pages/decide';
import { signedClaim } from '../../../lib/site/signed-cookie';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { variantSigning } from '../../../lib/site/variant-signing';

const tier = { name: 'tier', source: 'signed-cookie' as const, field: 'tier', values: ['free', 'paid'] };
const variantKeys = { tier: '0123456789abcdef0123456789abcdef' };

function request(headers: Record<string, string> = {}): IncomingRequest {
  const all = { Host: 'www.example.com', ...headers };
  return { method: 'GET', target: '/list', headers: Object.entries(all), scheme: 'http' };
}

describe('a signed variant', () => {
  const config = parseSiteConfig({ site: 'test', key: { variants: [tier] } });
  const expires = Math.floor(Date.now() / 1000) + 600;
  const sign = variantSigning(variantKeys, 0).sign('tier');
  const claim = signedClaim({ site: 'test', cookie: 'tier', values: tier.values }, 'paid', expires, sign);

  test('has the value that its signature proves, where its key is known', () => {
    const asked = request({ Cookie: `tier=${claim}` });
    expect(decide({ config, variantKeys }, asked)).toMatchObject({
      kind: 'page',
      request: { variants: { tier: 'paid' } },
    });
    const forged = request({ Cookie: `tier=paid.${expires}.${'0'.repeat(64)}` });
    expect(decide({ config, variantKeys }, forged)).toMatchObject({ request: { variants: { tier: 'free' } } });
  });

  test('is its visitor’s own where the key is not known: who has paid does not get what is free', () => {
    expect(decide({ config }, request({ Cookie: `_ga=1; tier=${claim}` }))).toEqual({
      kind: 'own',
      reason: 'signed-cookie',
    });
    expect(decide({ config }, request({ Cookie: '_ga=1' }))).toMatchObject({ kind: 'page' });
  });
});

test.each(['observe', 'off'] as const)('a site in mode %s has no page looked up', (mode) => {
  expect(decide({ config: parseSiteConfig({ site: 'test', mode }) }, request())).toEqual({ kind: 'own', reason: mode });
});

test('a host that the site does not name is its visitor’s own', () => {
  const config = parseSiteConfig({ site: 'test', hosts: ['shop.example.com'] });
  expect(decide({ config }, request())).toEqual({ kind: 'own', reason: 'unknown-host' });
  expect(decide({ config, host: 'shop.example.com' }, request())).toMatchObject({
    request: { host: 'shop.example.com' },
  });
});

test('the site is known by its own mark, and another site’s is none', () => {
  const config = parseSiteConfig({ site: 'test' });
  const marked = (mark: string) => decide({ config }, request({ 'CDN-Loop': mark }));
  expect(marked('other, nginx-memcache-site; site=test')).toMatchObject({ kind: 'site' });
  expect(marked('nginx-memcache-site; site=tes')).toMatchObject({ kind: 'page' });
  expect(marked('nginx-memcache-site; site=test2')).toMatchObject({ kind: 'page' });
});

const OF_THE_SITE = { 'CDN-Loop': 'nginx-memcache-site; site=test', 'X-Forwarded-For': '192.31.196.1, 10.0.0.7' };

test('what the site asks for is known however it is written: by another host, below every path', () => {
  const config = parseSiteConfig({
    site: 'test',
    hosts: ['www.example.com'],
    eligibility: { cachedPaths: ['/news'] },
  });
  const asked = {
    ...request({ Host: 'internal', ...OF_THE_SITE }),
    target: '/%5B1%5D?a',
  };
  expect(decide({ config }, asked)).toMatchObject({ kind: 'site', request: { path: '/%5B1%5D', query: 'a' } });
});

test.each<Record<string, string>>([
  { 'X-Forwarded-For': '203.0.113.5' },
  { 'X-Forwarded-For': '' },
  { 'X-Forwarded-Host': 'evil.example' },
])('what it passes on of a visitor has no terms: %j', (headers) => {
  const config = parseSiteConfig({ site: 'test' });
  expect(decide({ config }, request({ ...OF_THE_SITE, ...headers }))).toEqual({ kind: 'site' });
});

test('a mark leads past the cache whatever else a request says, and never into it', () => {
  const config = parseSiteConfig({ site: 'test' });
  const asked = request({ 'CDN-Loop': 'nginx-memcache-site; site=test', Cookie: 'session=1' });
  expect(decide({ config }, asked)).toEqual({ kind: 'site' });
});
