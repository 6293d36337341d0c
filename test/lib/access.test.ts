import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { environments, newSite, propertiesOf, templateOf } from './site-template';

interface IngressRule {
  readonly GroupId: unknown;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly SourceSecurityGroupId?: unknown;
}
interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}
interface Policy {
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

describe('who can reach what', () => {
  const site = newSite();
  const stack = Stack.of(site);
  const template = templateOf(site);
  const idOf = (group: ec2.ISecurityGroup): unknown => stack.resolve(group.securityGroupId);
  const groupOf = ({ connections }: ec2.IConnectable): unknown =>
    idOf(connections.securityGroups[0] as ec2.ISecurityGroup);
  const rulesInto = (group: unknown) =>
    propertiesOf<IngressRule>(template, 'AWS::EC2::SecurityGroupIngress')
      .filter(({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(group))
      .map(({ FromPort, ToPort, SourceSecurityGroupId }) => [FromPort, ToPort, SourceSecurityGroupId]);
  const cacheGroup = idOf(site.cacheConnections.securityGroups[0] as ec2.ISecurityGroup);

  test('only the tasks and the functions that work with pages reach Memcached, at its port', () => {
    const sources = [site.service, site.purger.core, site.writeFunction, site.inspectFunction].map(groupOf);
    const rules = rulesInto(cacheGroup);

    expect(rules).toHaveLength(4);
    expect(rules).toEqual(expect.arrayContaining(sources.map((source) => [11211, 11211, source])));
    template.hasResourceProperties('AWS::ElastiCache::CacheCluster', { VpcSecurityGroupIds: [cacheGroup] });
  });

  test('only the load balancer reaches the tasks, so its X-Forwarded-Proto can be believed', () => {
    const balancer = groupOf(site.loadBalancer);

    const rules = rulesInto(groupOf(site.service));

    expect(rules).toHaveLength(2);
    expect(rules).toEqual(
      expect.arrayContaining([
        [8080, 8080, balancer],
        [8081, 8081, balancer],
      ]),
    );
    expect(environments(template).nginx).toMatchObject({ NMS_BEHIND_LOAD_BALANCER: 'true' });
  });

  test('nothing lets the internet in but the load balancer', () => {
    const open = template.findResources('AWS::EC2::SecurityGroup', {
      Properties: { SecurityGroupIngress: Match.anyValue() },
    });

    expect(Object.keys(open).map((id) => ({ 'Fn::GetAtt': [id, 'GroupId'] }))).toEqual([groupOf(site.loadBalancer)]);
    for (const rule of propertiesOf<IngressRule>(template, 'AWS::EC2::SecurityGroupIngress')) {
      expect(rule).toHaveProperty('SourceSecurityGroupId');
    }
    template.resourceCountIs('AWS::Lambda::Url', 0);
  });

  test('Memcached and the functions that reach it lie where there is no way to the internet', () => {
    const isolated = site.vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId) as unknown);

    template.hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: isolated });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { VpcConfig: { SubnetIds: isolated } }, 3);
  });

  test('the function that takes events lies outside of the VPC, where pipelines and deployments are answered', () => {
    expect(site.purger.events.handler.isBoundToVpc).toBe(false);
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { VpcConfig: Match.absent() }, 1);
  });

  test('it may call the purging function and put what failed into its queue, and nothing else', () => {
    const core = stack.resolve(site.purger.core.functionArn) as unknown;

    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(site.purger.events.handler.role?.roleName)],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
            Resource: stack.resolve(site.purgeDeadLetterQueue.queueArn) as unknown,
          },
          {
            Effect: 'Allow',
            Action: 'lambda:InvokeFunction',
            Resource: [core, { 'Fn::Join': ['', [core, ':$LATEST']] }],
          },
        ],
      },
    });
  });

  test('the functions reach DynamoDB through a gateway endpoint, which costs nothing', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
  });

  test('the load balancer drops header names that some servers read as others', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
      ]),
    });
  });

  test('tasks and functions read and write rows of one table, and nothing else', () => {
    const table = stack.resolve(site.pageIndex.table.tableArn) as unknown;

    const statements = propertiesOf<Policy>(template, 'AWS::IAM::Policy')
      .flatMap((policy) => policy.PolicyDocument.Statement)
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('dynamodb:')));

    const read = ['dynamodb:BatchGetItem', 'dynamodb:Query'];
    const written = ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
    const use = [...read, ...written].sort();
    // The last one only looks.
    const actions = [use, use, use, [...read, 'dynamodb:DescribeTable'].sort()];
    expect(statements.map(({ Action }) => Action)).toEqual(actions);
    for (const statement of statements) expect(statement).toMatchObject({ Resource: table });
  });

  test('environments hold addresses, and no secret', () => {
    const expected = [
      'NMS_BEHIND_LOAD_BALANCER',
      'NMS_CACHE_ENDPOINT',
      'NMS_LOGGED_HITS',
      'NMS_LOGGED_OTHERS',
      'NMS_ORIGIN',
      'NMS_ORIGIN_HOST_HEADER',
      'NMS_TABLE',
    ];

    const { nginx, writer } = environments(template);

    expect(Object.keys(nginx ?? {}).sort()).toEqual(expected);
    expect(Object.keys(writer ?? {}).sort()).toEqual(expected);
    const variables = propertiesOf<{ Environment: { Variables: object } }>(template, 'AWS::Lambda::Function').map(
      ({ Environment }) => Object.keys(Environment.Variables).sort().join(),
    );
    expect(variables.sort()).toEqual([
      'NMS_CACHE_ENDPOINT,NMS_TABLE',
      'NMS_CACHE_ENDPOINT,NMS_TABLE',
      'NMS_CACHE_ENDPOINT,NMS_TABLE',
      'NMS_PURGE_FUNCTION',
    ]);
  });

  test('a container writes to its own two volumes only', () => {
    const mounts = (name: string) => [
      { ContainerPath: '/run/nginx-memcache-site', SourceVolume: `${name}-run`, ReadOnly: false },
      { ContainerPath: '/tmp', SourceVolume: `${name}-tmp`, ReadOnly: false },
    ];

    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({ Name: 'nginx', ReadonlyRootFilesystem: true, MountPoints: mounts('nginx') }),
        Match.objectLike({ Name: 'writer', ReadonlyRootFilesystem: true, MountPoints: mounts('writer') }),
      ],
    });
  });
});
