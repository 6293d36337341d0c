import { Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type NginxMemcacheSiteProps, PageCache, PageIndexing } from '../../lib/index';
import { newApp, newSite, propertiesOf, templateOf } from './site-template';

/** A site on the nodes of another one, in the same stack or in one of its own. */
function sharing(
  theirs: Partial<NginxMemcacheSiteProps> = {},
  ours: Partial<NginxMemcacheSiteProps> = {},
  apart = false,
) {
  const app = newApp();
  const first = newSite({ siteName: 'shop', ...theirs }, new Stack(app, 'Shop'));
  const stack = apart ? new Stack(app, 'Blog') : Stack.of(first);
  const cache = PageCache.sharedWith(first);
  return { first, second: newSite({ siteName: 'blog', vpc: first.vpc, cache, ...ours }, stack, 'Blog') };
}

interface Function {
  readonly Environment: { readonly Variables: Record<string, unknown> };
}

test.each([
  ['one stack', false],
  ['two stacks', true],
])('two sites of %s have one cluster, and each an index of its own', (_, apart) => {
  const { first, second } = sharing({}, {}, apart);
  const templates = apart ? [templateOf(first), templateOf(second)] : [templateOf(first)];
  const count = (type: string) => templates.reduce((sum, made) => sum + propertiesOf(made, type).length, 0);

  expect(count('AWS::ElastiCache::CacheCluster')).toBe(1);
  expect(count('AWS::DynamoDB::GlobalTable')).toBe(2);
  expect(second.cacheConnections).toBe(first.cacheConnections);
  const stack = Stack.of(second);
  const endpoint = stack.resolve(second.valuesEnvironment.NMS_CACHE_ENDPOINT) as unknown;
  expect(endpoint).toBeDefined();
  const environments = propertiesOf<Function>(Template.fromStack(stack), 'AWS::Lambda::Function').map(
    ({ Environment }) => Environment?.Variables.NMS_CACHE_ENDPOINT,
  );
  expect(environments).toContainEqual(endpoint);
});

test.each([
  ['one stack', false],
  ['two stacks', true],
])('the nodes let in the tasks and the functions of both, of %s', (_, apart) => {
  const { first, second } = sharing({}, {}, apart);
  const rules = [...new Set([Stack.of(first), Stack.of(second)])].flatMap((stack) =>
    propertiesOf<Record<string, unknown>>(Template.fromStack(stack), 'AWS::EC2::SecurityGroupIngress').filter(
      ({ FromPort }) => JSON.stringify(FromPort).includes('11211'),
    ),
  );
  const alone = propertiesOf<Record<string, unknown>>(
    templateOf(newSite({ siteName: 'shop' })),
    'AWS::EC2::SecurityGroupIngress',
  ).filter(({ FromPort }) => JSON.stringify(FromPort).includes('11211'));

  expect(alone.length).toBeGreaterThan(3);
  expect(rules).toHaveLength(2 * alone.length);
});

test("a purge at the end of a deployment waits until the other site's nodes let its function in", () => {
  const { second } = sharing({}, {}, true);

  second.purgeOnDeploy();

  const DependsOn = Match.arrayWith([Match.stringLikeRegexp('Purger.*SecurityGroup.*to.*PageCache.*11211')]);
  templateOf(second).hasResource('Custom::PagePurge', { DependsOn });
});

describe('fails, naming both sites,', () => {
  test('for another VPC', () => {
    expect(() => sharing({}, { vpc: undefined })).toThrow(
      'Shop/Blog: PageCache.sharedWith: the nodes lie in the VPC of Shop/Site: give it as the vpc prop',
    );
  });

  test('for a name that a site on the nodes has', () => {
    const { first, second } = sharing();
    const third = (siteName: string) => () =>
      newSite({ siteName, vpc: first.vpc, cache: PageCache.sharedWith(second) }, Stack.of(first), siteName);

    expect(third('docs')).not.toThrow();
    expect(() => sharing({}, { siteName: 'shop' })).toThrow("siteName must be another, got: 'shop'");
    expect(third('shop')).toThrow("siteName must be another, got: 'shop'");
  });

  test('for pages that the nodes do not take', () => {
    const maxPageSize = Size.mebibytes(5);

    expect(() => sharing({ maxPageSize }, { maxPageSize })).not.toThrow();
    expect(() => sharing({}, { maxPageSize })).toThrow(
      /the nodes take values of \d+ bytes, as maxPageSize of Shop\/Site/,
    );
  });

  test.each([
    ['the first', { flushOnPurge: true }, {}],
    ['the second', {}, { flushOnPurge: true }],
  ])('for purges that would empty the nodes, of %s', (_, theirs, ours) => {
    const index = PageIndexing.NONE;

    expect(() => sharing({ index, ...theirs }, { index, ...ours })).toThrow(
      'flushOnPurge empties the nodes of all sites: neither this site nor Shop/Site may have it',
    );
  });

  test('with all that is wrong', () => {
    expect(() => sharing({}, { vpc: undefined, siteName: 'shop', maxPageSize: Size.mebibytes(5) })).toThrow(
      /VPC of .+; there is a site of that name .+; the nodes take/,
    );
  });
});

test('the same VPC, looked up twice, is the same', () => {
  const app = newApp();
  const attributes = { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetIds: ['p1', 'p2'], privateSubnetIds: ['s1', 's2'], privateSubnetRouteTableIds: ['r1', 'r2'], publicSubnetRouteTableIds: ['t1', 't2'] }; // prettier-ignore
  const [one, two] = ['One', 'Two'].map((name) => new Stack(app, name)) as [Stack, Stack];
  const first = newSite({ siteName: 'shop', vpc: ec2.Vpc.fromVpcAttributes(one, 'Vpc', attributes) }, one);

  expect(() =>
    newSite(
      { siteName: 'blog', vpc: ec2.Vpc.fromVpcAttributes(two, 'Vpc', attributes), cache: PageCache.sharedWith(first) },
      two,
    ),
  ).not.toThrow();
});
