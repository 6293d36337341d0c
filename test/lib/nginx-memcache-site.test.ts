import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Match } from 'aws-cdk-lib/assertions';
import { newSite, newStack, siteDocuments, siteTemplate, templateOf } from './site-template';

test('two sites fit in one stack, each with a name, a cluster and a table of its own', () => {
  const stack = newStack();
  const one = newSite({}, stack, 'One');
  newSite({}, stack, 'Two');

  const template = templateOf(one);

  template.resourceCountIs('AWS::ElastiCache::CacheCluster', 2);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
  const names = Object.values(siteDocuments(one)).map((document) => (document as { site: string }).site);
  expect(new Set(names).size).toBe(2);
});

test('the tasks run in a given cluster, and everything in its VPC', () => {
  const stack = newStack();
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc') });

  const template = templateOf(newSite({ cluster }, stack));

  template.resourceCountIs('AWS::ECS::Cluster', 1);
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.hasResourceProperties('AWS::ECS::Service', { Cluster: stack.resolve(cluster.clusterName) as unknown });
});

test.each([
  ['80', {}],
  ['443', { certificate: acm.Certificate.fromCertificateArn(newStack(), 'Certificate', 'arn:aws:acm:eu-central-1:111111111111:certificate/shop') }], // prettier-ignore
])('what is closed to the outside can go out to the site, at port %s', (port, props) => {
  const stack = newStack();
  const site = newSite(props, stack);
  const { vpc } = site;
  const client = new ec2.SecurityGroup(stack, 'Client', { vpc, allowAllOutbound: false });

  client.connections.allowToDefaultPort(site);

  templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    GroupId: stack.resolve(client.securityGroupId) as unknown,
    DestinationSecurityGroupId: stack.resolve(site.loadBalancer.connections.securityGroups[0]?.securityGroupId) as unknown, // prettier-ignore
    FromPort: Number(port),
    ToPort: Number(port),
  });
});

test.each([
  // The events function: the one entry for everybody.
  ['grantPurge', 'purgeFunction'],
  ['grantWrite', 'writeFunction'],
] as const)('%s lets somebody invoke the %s, and nothing else', (grant, fn) => {
  const stack = newStack();
  const site = newSite({}, stack);
  const editor = new iam.Role(stack, 'Editor', { assumedBy: new iam.AccountRootPrincipal() });

  site[grant](editor);

  const arn = stack.resolve(site[fn].functionArn) as unknown;
  templateOf(site).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(editor.roleName)],
    PolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: [arn, { 'Fn::Join': ['', [arn, ':$LATEST']] }] },
      ],
    },
  });
});

describe('addresses of tasks', () => {
  const serviceNetwork = (value: string) => ({
    NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: value }) },
  });

  test('tasks have public addresses instead of a NAT gateway', () => {
    const template = siteTemplate();

    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::ECS::Service', serviceNetwork('ENABLED'));
  });

  test('tasks, and the functions that work with pages, lie in the private subnets of a VPC that has them', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const subnets = vpc.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId) as unknown);

    const template = templateOf(newSite({ vpc }, stack));

    template.hasResourceProperties('AWS::ECS::Service', serviceNetwork('DISABLED'));
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { VpcConfig: { SubnetIds: subnets } }, 3);
    template.resourceCountIs('AWS::EC2::VPC', 1);
  });
});

describe('fails', () => {
  test('for a cluster in another VPC, naming both', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Here');
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'There') });

    expect(() => newSite({ vpc, cluster }, stack)).toThrow(
      'vpc and cluster contradict each other: the cluster is in Shop/There; leave vpc out, or give a cluster in Shop/Here',
    );
  });

  test('for a VPC with public subnets only', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Open', {
      subnetConfiguration: [{ name: 'public', subnetType: ec2.SubnetType.PUBLIC }],
    });

    expect(() => newSite({ vpc }, stack)).toThrow('the VPC Shop/Open must have isolated or private subnets');
  });
});
