import { forwardedScheme } from '../../../lib/site/forwarded-scheme';
import { parseSiteConfig } from '../../../lib/site/site-config';

const site = parseSiteConfig({
  site: 'demo',
  scheme: {
    headers: [
      { name: 'CloudFront-Forwarded-Proto', value: 'https' },
      { name: 'X-TLS', value: 'v1.3' },
    ],
  },
});

test.each<[Record<string, string>, 'http' | 'https']>([
  [{}, 'http'],
  [{ 'X-Forwarded-Proto': 'https' }, 'https'],
  [{ 'x-forwarded-proto': 'HTTPS' }, 'https'],
  [{ 'X-Forwarded-Proto': 'https,http' }, 'http'],
  [{ 'X-Forwarded-Proto': 'xhttps' }, 'http'],
  // The first of the site's that is there decides, both ways.
  [{ 'X-Forwarded-Proto': 'http', 'X-TLS': 'V1.3' }, 'https'],
  [{ 'X-Forwarded-Proto': 'https', 'X-TLS': 'off' }, 'http'],
  [{ 'CloudFront-Forwarded-Proto': 'http', 'X-TLS': 'v1.3', 'X-Forwarded-Proto': 'https' }, 'http'],
  [{ 'X-TLS': 'off', 'CloudFront-Forwarded-Proto': 'https' }, 'https'],
  // An empty one is none.
  [{ 'CloudFront-Forwarded-Proto': '', 'X-TLS': '', 'X-Forwarded-Proto': 'https' }, 'https'],
  // The whole value counts, and as it is written.
  [{ 'X-TLS': 'v1.3.1' }, 'http'],
  [{ 'X-TLS': 'v123' }, 'http'],
])('a visitor whose request has %j came by %s', (headers, scheme) => {
  expect(forwardedScheme(site, Object.entries(headers))).toBe(scheme);
});

test('headers that the site does not name say nothing', () => {
  const headers = [
    ['CloudFront-Forwarded-Proto', 'https'],
    ['X-Forwarded-Proto', 'http'],
  ] as const;
  expect(forwardedScheme(parseSiteConfig({ site: 'demo' }), headers)).toBe('http');
});
