import { CfnParameter, Size, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type Construct } from 'constructs';
import { PageCache, type PageCacheBinding, type PageCacheBindOptions } from '../../lib/index';
import {
  environments,
  newApp,
  newSite,
  newStack,
  propertiesOf,
  siteDocuments,
  siteTemplate,
  templateOf,
} from './site-template';

interface ParameterGroup {
  readonly Properties: { readonly max_item_size: string };
}

/** The variables that say where Memcached is, of tasks and of the functions that work with pages: they are the same. */
function cacheVariables(template: Template): Record<string, unknown> {
  const { nginx, writer } = environments(template);
  const functions = propertiesOf<{ VpcConfig?: object; Environment: { Variables: Record<string, unknown> } }>(
    template,
    'AWS::Lambda::Function',
  )
    .filter(({ VpcConfig }) => VpcConfig !== undefined)
    .map(({ Environment }) => Environment.Variables);
  const [first, ...others] = [nginx, writer, ...functions].map((variables = {}) =>
    Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('NMS_CACHE'))),
  );
  expect(others).toHaveLength(4);
  others.forEach((variables) => expect(variables).toEqual(first));
  return first ?? {};
}

describe('the page cache', () => {
  test.each([Size.kibibytes(16), Size.mebibytes(1), Size.mebibytes(4), Size.mebibytes(128)])(
    'takes the largest page with its head (%s)',
    (maxPageSize) => {
      const site = newSite({ maxPageSize });

      const [group] = propertiesOf<ParameterGroup>(templateOf(site), 'AWS::ElastiCache::ParameterGroup');

      const [document] = Object.values(siteDocuments(site)) as { limits: { pageSize: number; headSize: number } }[];
      const largest = (document?.limits.pageSize ?? NaN) + (document?.limits.headSize ?? NaN);
      expect(Number(group?.Properties.max_item_size)).toBeGreaterThan(largest);
    },
  );

  test.each([
    [1, 'single-az'],
    [3, 'cross-az'],
  ])('of %i nodes is %s', (nodes, AZMode) => {
    siteTemplate({ cache: PageCache.cluster({ nodes, nodeType: 'cache.m7g.large' }) }).hasResourceProperties(
      'AWS::ElastiCache::CacheCluster',
      { Engine: 'memcached', NumCacheNodes: nodes, CacheNodeType: 'cache.m7g.large', AZMode },
    );
  });

  test.each([0, 61, 1.5])('fails for %d nodes', (nodes) => {
    expect(() => PageCache.cluster({ nodes })).toThrow(
      `PageCache.cluster: nodes must be a whole number from 1 to 60, got: ${nodes}`,
    );
  });

  test('fails for a node type of another service', () => {
    expect(() => PageCache.cluster({ nodeType: 't4g.micro' })).toThrow(
      "PageCache.cluster: nodeType must be like 'cache.t4g.micro', got: 't4g.micro'",
    );
  });

  test('takes values that are known only at deployment', () => {
    expect(() => PageCache.cluster({ nodes: Token.asNumber({}), nodeType: Token.asString({}) })).not.toThrow();
  });

  test('can be one that users write themselves', () => {
    class Mine extends PageCache {
      public bind(scope: Construct, { vpc }: PageCacheBindOptions): PageCacheBinding {
        const securityGroups = [new ec2.SecurityGroup(scope, 'Mine', { vpc })];
        return {
          endpoint: 'cache.internal:11211',
          connections: new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(11211) }),
        };
      }
    }

    const template = siteTemplate({ cache: new Mine() });

    template.resourceCountIs('AWS::ElastiCache::CacheCluster', 0);
    expect(environments(template).writer).toMatchObject({ NMS_CACHE_ENDPOINT: 'cache.internal:11211' });
  });

  test.each([{}, { endpoint: 'a:1', nodes: ['b:1'] }, { nodes: [] }])(
    'fails for one that users write with %j, of which exactly one is needed',
    (addresses) => {
      class Mine extends PageCache {
        public bind(): PageCacheBinding {
          return { ...addresses, connections: new ec2.Connections({ defaultPort: ec2.Port.tcp(11211) }) };
        }
      }

      expect(() => newSite({ cache: new Mine() })).toThrow(
        `the page cache must have exactly one of endpoint and nodes, got: ${'endpoint' in addresses ? 'both' : 'none'}`,
      );
    },
  );
});

describe('a cluster', () => {
  test('speaks plain text by default', () => {
    const template = siteTemplate();

    template.hasResourceProperties('AWS::ElastiCache::CacheCluster', { TransitEncryptionEnabled: Match.absent() });
    expect(Object.keys(cacheVariables(template))).toEqual(['NMS_CACHE_ENDPOINT']);
  });

  test('speaks TLS where it is made so, and everything is told', () => {
    const template = siteTemplate({ cache: PageCache.cluster({ transitEncryption: true }) });

    template.hasResourceProperties('AWS::ElastiCache::CacheCluster', { TransitEncryptionEnabled: true });
    expect(cacheVariables(template)).toMatchObject({ NMS_CACHE_TLS: 'true' });
  });
});

describe('a serverless cache', () => {
  const maxPageSize = Size.kibibytes(900);

  test('lies in the innermost subnets, lets in who needs it only, and is spoken to over TLS', () => {
    const site = newSite({ cache: PageCache.serverless(), maxPageSize });
    const stack = Stack.of(site);
    const template = templateOf(site);

    template.resourceCountIs('AWS::ElastiCache::CacheCluster', 0);
    template.hasResourceProperties('AWS::ElastiCache::ServerlessCache', {
      Engine: 'memcached',
      ServerlessCacheName: Match.stringLikeRegexp('^[a-z][a-z0-9]{0,39}$'),
      SubnetIds: site.vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId) as unknown),
      SecurityGroupIds: [stack.resolve(site.cacheConnections.securityGroups[0]?.securityGroupId)],
      CacheUsageLimits: {},
    });
    // It has one name, and no configuration endpoint to ask.
    expect(cacheVariables(template)).toEqual({
      NMS_CACHE_NODES: { 'Fn::Join': ['', expect.arrayContaining([':'])] },
      NMS_CACHE_TLS: 'true',
    });
  });

  test('costs no more than it may', () => {
    const cache = PageCache.serverless({ maxStorageGb: 5, maxEcpuPerSecond: 2000 });

    siteTemplate({ cache, maxPageSize }).hasResourceProperties('AWS::ElastiCache::ServerlessCache', {
      CacheUsageLimits: { DataStorage: { Maximum: 5, Unit: 'GB' }, ECPUPerSecond: { Maximum: 2000 } },
    });
  });

  test('takes one subnet in each of three zones at most', () => {
    const stack = new Stack(newApp(), 'Shop', { env: { account: '111111111111', region: 'us-east-1' } });
    const isolated = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const subnetConfiguration = [
      { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'one', ...isolated },
      { name: 'two', ...isolated },
    ];
    const availabilityZones = ['a', 'b', 'c', 'd'].map((zone) => `us-east-1${zone}`);
    const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones, subnetConfiguration });

    const template = templateOf(newSite({ vpc, cache: PageCache.serverless(), maxPageSize }, stack));

    const [cache] = propertiesOf<{ SubnetIds: unknown[] }>(template, 'AWS::ElastiCache::ServerlessCache');
    expect(cache?.SubnetIds).toHaveLength(3);
  });

  test('fails in one zone', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });

    expect(() => newSite({ vpc, cache: PageCache.serverless(), maxPageSize }, stack)).toThrow(
      'Shop/Site/PageCache: PageCache.serverless needs subnets in at least 2 availability zones, and Shop/Vpc has 1',
    );
  });

  test('fails for pages above its limit, which nothing can raise', () => {
    expect(() => newSite({ cache: PageCache.serverless() })).toThrow(
      'Shop/Site/PageCache: PageCache.serverless stores at most 1000000 bytes an item, and the largest page with its head has 4227072: give a maxPageSize that is 3227072 bytes smaller, such as Size.kibibytes(900)',
    );
  });

  test.each([
    [{ maxStorageGb: 0 }, 'maxStorageGb must be a whole number from 1 to 5000, got: 0'],
    [{ maxEcpuPerSecond: 999 }, 'maxEcpuPerSecond must be a whole number from 1000 to 15000000, got: 999'],
  ])('fails for %j', (options, message) => {
    expect(() => PageCache.serverless(options)).toThrow(`PageCache.serverless: ${message}`);
  });
});

describe('nodes that are there already', () => {
  const names = ['one.cache.internal:11222', 'two.cache.internal:11222'];

  test('are named to everything, in their order', () => {
    const template = siteTemplate({ cache: PageCache.nodes(names) });

    template.resourceCountIs('AWS::ElastiCache::CacheCluster', 0);
    expect(cacheVariables(template)).toEqual({
      NMS_CACHE_NODES: 'one.cache.internal:11222,two.cache.internal:11222',
    });
  });

  test('speak TLS where they are said to', () => {
    expect(cacheVariables(siteTemplate({ cache: PageCache.nodes(names, { tls: true }) }))).toMatchObject({
      NMS_CACHE_TLS: 'true',
    });
  });

  test('let tasks and functions in, from a stack that does not depend on the site', () => {
    const app = newApp();
    const there = new Stack(app, 'There');
    const vpc = new ec2.Vpc(there, 'Vpc');
    const group = new ec2.SecurityGroup(there, 'Group', { vpc });
    const stack = new Stack(app, 'Shop');

    const template = templateOf(newSite({ vpc, cache: PageCache.nodes(names, { securityGroups: [group] }) }, stack));

    const rules = propertiesOf<{ GroupId: unknown; FromPort: number }>(template, 'AWS::EC2::SecurityGroupIngress');
    expect(rules.filter(({ FromPort }) => FromPort === 11222)).toHaveLength(4);
    expect(there.dependencies).toEqual([]);
  });

  test('are gone out to at their port, wherever they are, when their groups are not known', () => {
    siteTemplate({ cache: PageCache.nodes(names) }).resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroup',
      { SecurityGroupEgress: Match.arrayWith([Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 11222 })]) },
      4,
    );
  });

  test('may be known only at deployment', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    const list = new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList' }).valueAsList;

    const one = newSite({ cache: PageCache.nodes([name, `${name}.two:11211`]) }, stack, 'One');
    newSite({ cache: PageCache.nodes(list) }, stack, 'Two');

    const tasks = propertiesOf<object>(templateOf(one), 'AWS::ECS::TaskDefinition').map((task) => JSON.stringify(task));
    expect(tasks).toHaveLength(2);
    expect(tasks[0]).toContain(
      '"NMS_CACHE_NODES","Value":{"Fn::Join":[",",[{"Ref":"Name"},{"Fn::Join":["",[{"Ref":"Name"},".two:11211"]]}]]}',
    );
    expect(tasks[1]).toContain('"NMS_CACHE_NODES","Value":{"Fn::Join":[",",{"Ref":"Names"}]}');
  });

  test.each([
    [[], 'there must be at least one node, got: []'],
    [['cache.internal'], "each must be host:port, got: 'cache.internal'"],
    [['memcached://cache:11211'], "each must be host:port, got: 'memcached://cache:11211'"],
    [['cache:70000'], "each must be host:port, got: 'cache:70000'"],
    [['a:11211', 'a:11211'], "each must be named once, got twice: 'a:11211'"],
    [['a:11211', 'b:11212'], 'all must have the same port, got: 11211, 11212'],
  ])('fails for %j', (bad, message) => {
    expect(() => PageCache.nodes(bad)).toThrow(`PageCache.nodes: ${message}`);
  });
});
