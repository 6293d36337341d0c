import { Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { readValuesEnvironment } from '../../lambda/values/environment';
import { type NginxMemcacheSite, type NginxMemcacheSiteProps, PageCache } from '../../lib/index';
import { newSite, newStack, propertiesOf, templateOf } from './site-template';

const NAMES = ['one.cache.internal:11222', 'two.cache.internal:11222'];

const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

function importedVpc(stack: Stack, vpcId: string): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, vpcId, {
    vpcId,
    availabilityZones: ['a', 'b'],
    isolatedSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
    publicSubnetIds: ['subnet-0123456789abcdef3', 'subnet-0123456789abcdef4'],
  });
}

function newFunction(stack: Stack, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, 'Mine', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => undefined;'),
    ...props,
  });
}

/** A function in a site's VPC that may keep values there. */
function granted(props: Partial<NginxMemcacheSiteProps> = {}, options: Partial<lambda.FunctionProps> = {}) {
  const site = newSite({ siteName: 'shop', ...props });
  const handler = newFunction(Stack.of(site), { vpc: site.vpc, vpcSubnets, ...options });
  site.connect(handler);
  return { site, handler };
}

/** The environment of the function, as the template has it. */
function environmentOf(site: NginxMemcacheSite): Record<string, unknown> {
  const functions = propertiesOf<{ Code: { ZipFile?: string }; Environment?: { Variables: Record<string, unknown> } }>(
    templateOf(site),
    'AWS::Lambda::Function',
  );
  return functions.find(({ Code }) => Code.ZipFile !== undefined)?.Environment?.Variables ?? {};
}

const groupOf = (site: NginxMemcacheSite, { connections }: ec2.IConnectable): unknown =>
  Stack.of(site).resolve(connections.securityGroups[0]?.securityGroupId);

test('a function that may keep values is told where, and is let in', () => {
  const { site, handler } = granted();

  const environment = environmentOf(site);

  expect(environment).toEqual({
    NMS_SITE_NAME: 'shop',
    NMS_CACHE_ENDPOINT: { 'Fn::Join': ['', expect.arrayContaining([':'])] },
  });
  templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: groupOf(site, { connections: site.cacheConnections }),
    SourceSecurityGroupId: groupOf(site, handler),
    FromPort: 11211,
    ToPort: 11211,
  });
  Annotations.fromStack(Stack.of(site)).hasNoWarning('*', Match.anyValue());
});

test('a function that lets nothing out is let out to Memcached, and nowhere else', () => {
  const { site, handler } = granted({}, { allowAllOutbound: false });

  templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    GroupId: groupOf(site, handler),
    DestinationSecurityGroupId: groupOf(site, { connections: site.cacheConnections }),
    FromPort: 11211,
    ToPort: 11211,
  });
});

test.each<[string, Partial<NginxMemcacheSiteProps>]>([
  ['nodes that are there already', { cache: PageCache.nodes(NAMES) }],
  ['nodes that speak TLS', { cache: PageCache.nodes(NAMES, { tls: true }) }],
])('Values reads the environment that a function has: %s', (_, props) => {
  const { site } = granted(props);

  const read = readValuesEnvironment(environmentOf(site) as Record<string, string>);

  expect(read).toEqual({ site: 'shop', nodes: NAMES, tls: 'tls' in read ? read.tls : undefined });
  expect(read.tls !== undefined).toBe(environmentOf(site).NMS_CACHE_TLS === 'true');
});

test('a serverless cache is spoken to over TLS', () => {
  const { site } = granted({ cache: PageCache.serverless(), maxPageSize: Size.kibibytes(900) });

  expect(Object.keys(environmentOf(site)).sort()).toEqual(['NMS_CACHE_NODES', 'NMS_CACHE_TLS', 'NMS_SITE_NAME']);
});

test('the environment holds no secret', () => {
  const { site } = granted();

  expect(site.valuesEnvironment).toEqual({ NMS_SITE_NAME: 'shop', NMS_CACHE_ENDPOINT: expect.any(String) as string });
});

test('a function of another stack may keep values, too, and the site does not depend on that stack', () => {
  const site = newSite();
  const other = new Stack(site.node.root, 'Other');

  site.connect(newFunction(other, { vpc: site.vpc }));

  expect(Stack.of(site).dependencies).toEqual([]);
  Template.fromStack(other).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 11211 });
});

test('a program that is no function gets the environment, and is let in by the connections', () => {
  const site = newSite({ siteName: 'shop' });
  const stack = Stack.of(site);
  const group = new ec2.SecurityGroup(stack, 'Program', { vpc: site.vpc });

  site.cacheConnections.allowDefaultPortFrom(group);

  expect(site.valuesEnvironment).toMatchObject({ NMS_SITE_NAME: 'shop' });
  templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    SourceSecurityGroupId: stack.resolve(group.securityGroupId) as unknown,
    FromPort: 11211,
  });
});

describe('fails for a function that cannot reach the nodes', () => {
  const words = (got: string) =>
    `Shop/Site: Shop/Mine must be in the VPC of the site, where Memcached is, got ${got}: give it the site's, such as vpc: site.vpc`;

  test('outside of any VPC', () => {
    const site = newSite();
    const handler = newFunction(Stack.of(site));

    expect(() => site.connect(handler)).toThrow(words('no VPC'));
    expect(environmentOf(site)).toEqual({});
  });

  test('in another VPC', () => {
    const site = newSite();
    const vpc = new ec2.Vpc(Stack.of(site), 'Another');

    expect(() => site.connect(newFunction(Stack.of(site), { vpc }))).toThrow(words('another VPC'));
  });

  test('in another VPC, both of them imported', () => {
    const stack = newStack();
    const site = newSite({ vpc: importedVpc(stack, 'vpc-0123456789abcdef1') }, stack);
    const handler = newFunction(stack, { vpc: importedVpc(stack, 'vpc-0123456789abcdef2'), vpcSubnets });

    expect(() => site.connect(handler)).toThrow(words('another VPC'));
  });

  test('but not where the VPC of its security groups is not known', () => {
    const stack = newStack();
    const vpc = importedVpc(stack, 'vpc-0123456789abcdef1');
    const site = newSite({ vpc }, stack);
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0');

    site.connect(newFunction(stack, { vpc, vpcSubnets, securityGroups: [group] }));

    templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: 'sg-0123456789abcdef0',
      FromPort: 11211,
    });
    expect(environmentOf(site)).toMatchObject({ NMS_SITE_NAME: site.valuesEnvironment.NMS_SITE_NAME });
  });

  test('but not where one of the two VPCs gets its name at deployment', () => {
    const site = newSite();
    const vpc = importedVpc(Stack.of(site), 'vpc-0123456789abcdef1');

    expect(() => site.connect(newFunction(Stack.of(site), { vpc, vpcSubnets }))).not.toThrow();
  });
});
