import { Values } from '../../../lambda/values/index';

const site = 'shop';
const nodes = ['127.0.0.1:11211'];

test('options are refused with all their faults', () => {
  const options = { site: 'Shop', nodes: ['cache'], endpoint: 'a:1', ttl: 0, deadline: 1.5, valueLimit: 0 };
  expect(() => new Values(options)).toThrow(
    expect.objectContaining({
      name: 'ValuesError',
      reason: 'bad-argument',
      message: [
        'site must be the site\'s name: lower-case letters, digits and -, 32 at most, got "Shop"',
        'exactly one of nodes and endpoint must be given',
        'a node must be host:port, got "cache"',
        'ttl must be a whole number of seconds from 1 to 31536000 (a year), or Infinity, got 0',
        'deadline must be a whole number from 1 to 60000, got 1.5',
        'valueLimit must be a whole number from 1 to 134217728, got 0',
      ].join('; '),
    }) as Error,
  );
});

test.each<[object, string]>([
  [{ nodes }, 'site must be'],
  [{ site }, 'exactly one of nodes and endpoint must be given'],
  [{ site, nodes: [] }, 'nodes must name at least one node, got []'],
  [{ site, endpoint: 'cache.internal' }, 'a node must be host:port, got "cache.internal"'],
  [{ site, nodes, protocol: 'binary', tls: {} }, "protocol must be 'text' for nodes that speak TLS: memjs"],
  [{ site, nodes, protocol: 'meta' }, "protocol must be 'binary' or 'text', got \"meta\""],
])('%j is refused', (options, fault) => {
  expect(() => new Values(options as { site: string })).toThrow(fault);
});

describe('the environment', () => {
  const variables = { NMS_SITE_NAME: site, NMS_CACHE_NODES: nodes.join() };

  test('tells all that is needed', async () => {
    await Values.fromEnvironment({}, variables).close();
  });

  test('is refused with every variable that is missing or bad', () => {
    expect(() => Values.fromEnvironment({}, { NMS_SITE_NAME: 'Shop', NMS_CACHE_TLS: 'yes' })).toThrow(
      expect.objectContaining({
        name: 'EnvironmentError',
        faults: [
          'NMS_SITE_NAME: must be the site\'s name: lower-case letters, digits and -, 32 at most, got "Shop"',
          'NMS_CACHE_TLS: must be false or true, got "yes"',
        ],
      }) as Error,
    );
    expect(() => Values.fromEnvironment({}, { NMS_SITE_NAME: site })).toThrow(
      'NMS_CACHE_ENDPOINT, NMS_CACHE_NODES: exactly one must be given, got none',
    );
  });

  test('does not let memjs speak TLS, which it cannot', () => {
    expect(() => Values.fromEnvironment({ protocol: 'binary' }, { ...variables, NMS_CACHE_TLS: 'true' })).toThrow(
      "protocol must be 'text' for nodes that speak TLS",
    );
  });
});
