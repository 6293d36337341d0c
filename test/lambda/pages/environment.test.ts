import { EnvironmentError } from '../../../lambda/environment';
import { readPagesEnvironment } from '../../../lambda/pages/environment';

const whole = {
  NMS_SITE_DOCUMENT: JSON.stringify({ site: 'shop' }),
  NMS_TABLE: 'shop-pages',
  NMS_CACHE_NODES: 'one.internal:11211',
};

test('where nothing names a site, there is no cache', () => {
  expect(readPagesEnvironment({ PATH: '/bin', NMS_SITE_NAME: 'shop' })).toBeUndefined();
});

test('a site is read from the environment', () => {
  expect(readPagesEnvironment(whole)).toMatchObject({
    site: { site: 'shop' },
    table: 'shop-pages',
    cache: { nodes: ['one.internal:11211'] },
    behindLoadBalancer: false,
  });
});

test('fails for a site that is there by halves, naming all that is missing or bad', () => {
  let faults: readonly string[] = [];
  try {
    readPagesEnvironment({ NMS_SITE_DOCUMENT: '{"site":"Shop"}', NMS_BEHIND_LOAD_BALANCER: 'yes' });
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    faults = (error as EnvironmentError).faults;
  }
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'NMS_SITE_DOCUMENT',
    'NMS_CACHE_ENDPOINT, NMS_CACHE_NODES',
    'NMS_TABLE',
    'NMS_BEHIND_LOAD_BALANCER',
  ]);
});

test('fails for a site whose application stores its pages itself', () => {
  const document = { site: 'shop', hosts: ['www.example.com'], compatibility: { preset: 'django-nginx-memcache' } };
  expect(() => readPagesEnvironment({ ...whole, NMS_SITE_DOCUMENT: JSON.stringify(document) })).toThrow(
    'the application stores the pages of this site itself',
  );
});
