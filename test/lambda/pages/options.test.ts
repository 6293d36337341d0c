import { applyOptions, PageOptionsError } from '../../../lambda/pages/options';
import { parseSiteConfig } from '../../../lib/site/site-config';

const site = parseSiteConfig({ site: 'test', hosts: ['www.example.com'] });

test('cookies that are harmless here are put to those of the site', () => {
  const { eligibility } = applyOptions(site, { harmlessCookies: ['ab_*'] });
  expect(eligibility.harmlessCookies).toEqual([...site.eligibility.harmlessCookies, 'ab_*']);
});

test('fails with every fault at once', () => {
  const options = { ttl: -1, tags: ['two words'], harmlessCookies: ['a b'], host: 'other.example.com', minified: true };
  let faults: readonly string[] = [];
  try {
    applyOptions(site, options);
  } catch (error) {
    expect(error).toBeInstanceOf(PageOptionsError);
    faults = (error as PageOptionsError).faults;
  }
  expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'harmlessCookies.0',
    'host',
    'minified',
    'tags.0',
    'ttl',
  ]);
});

test.each<[object, string]>([
  [{ ttl: 1.5 }, 'ttl: must be a whole number of seconds from 0 to 31536000'],
  [{ tags: 'news' }, 'tags: must be a function, or at most 128 tags'],
  [{ harmlessCookies: ['a b'] }, "harmlessCookies.0: must be a cookie's name"],
  [{ host: 'other.example.com' }, 'host: must be one of the hosts that the site names (www.example.com)'],
  [{ behindLoadBalancer: 'yes' }, 'behindLoadBalancer: must be true or false'],
])('fails for %j', (options, words) => {
  expect(() => applyOptions(site, options)).toThrow(words);
});
