import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type Ec2CapacityOptions, NginxTier, TierArchitecture, TierCapacity } from '../../lib/index';
import { newSite, newStack, propertiesOf, siteTemplate, templateOf } from './site-template';

interface Policy {
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: { Action: string | string[]; Resource: unknown }[] };
}

const image = (template: Template) =>
  propertiesOf<{ ContainerDefinitions: { Image: unknown }[] }>(template, 'AWS::ECS::TaskDefinition')[0]
    ?.ContainerDefinitions[0]?.Image;

describe('tasks on Fargate', () => {
  test('are what a site has by default', () => {
    expect(siteTemplate({ siteName: 'shop', tier: NginxTier.fargate() }).toJSON()).toEqual(
      siteTemplate({ siteName: 'shop' }).toJSON(),
    );
    siteTemplate().hasResourceProperties('AWS::ECS::Service', { LaunchType: 'FARGATE' });
  });

  test('are on spot capacity but for one, where that is wanted', () => {
    const template = siteTemplate({ tier: TierCapacity.fargate({ spot: true }) });

    template.hasResourceProperties('AWS::ECS::Service', {
      LaunchType: Match.absent(),
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: 1, Weight: 0 },
        { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
      ],
    });
    template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
  });
});

describe('tasks on EC2', () => {
  const site = newSite({ siteName: 'shop', tier: NginxTier.ec2() });
  const stack = Stack.of(site);
  const template = templateOf(site);
  const privateSubnets = site.vpc.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId) as unknown);

  test('have the same image as on Fargate', () => {
    expect(image(template)).toEqual(image(siteTemplate({ siteName: 'shop' })));
  });

  test('have an address, and a security group, of their own, in private subnets', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['EC2'],
      Cpu: '256',
      Memory: '1024',
    });
    template.hasResourceProperties('AWS::ECS::Service', {
      NetworkConfiguration: {
        AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED', Subnets: privateSubnets }),
      },
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { TargetType: 'ip' });
  });

  test('are spread over zones and instances', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      PlacementStrategies: [
        { Type: 'spread', Field: 'attribute:ecs.availability-zone' },
        { Type: 'spread', Field: 'instanceId' },
      ],
    });
  });

  test('run on instances that come and go with them, and end only when their tasks have moved', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '2',
      MaxSize: '4',
      VPCZoneIdentifier: privateSubnets,
    });
    template.hasResourceProperties('AWS::ECS::CapacityProvider', {
      AutoScalingGroupProvider: Match.objectLike({
        ManagedScaling: Match.objectLike({ Status: 'ENABLED' }),
        ManagedDraining: 'ENABLED',
      }),
    });
    template.hasResource('AWS::ECS::Service', {
      Properties: { CapacityProviderStrategy: [{ Weight: 1 }] },
      DependsOn: Match.arrayWith(Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'))),
    });
  });

  test('run on instances that nobody reaches, whose volumes are encrypted, with IMDSv2, of which tasks see nothing', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        InstanceType: 't4g.medium',
        MetadataOptions: { HttpTokens: 'required' },
        NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: false })],
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: Match.objectLike({ Encrypted: true }) }],
        UserData: {
          'Fn::Base64': {
            'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('ECS_AWSVPC_BLOCK_IMDS=true')])],
          },
        },
      },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: Match.stringLikeRegexp('^Instances'),
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443 })],
    });
  });

  test('give the instances no permissions but to join their cluster, and be told what to run', () => {
    const cluster = stack.resolve(site.service.cluster.clusterArn) as unknown;

    const statements = propertiesOf<Policy>(template, 'AWS::IAM::Policy')
      .filter(({ PolicyName }) => PolicyName.includes('InstanceRole'))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

    expect(statements.map(({ Action }) => Action)).toEqual([
      expect.arrayContaining(['ecs:RegisterContainerInstance', 'ecs:SubmitTaskStateChange']),
      ['ecs:Poll', 'ecs:StartTelemetrySession'],
      'ecs:DiscoverPollEndpoint',
    ]);
    expect(statements[0]?.Resource).toEqual(cluster);
    expect(JSON.stringify(statements[1]?.Resource)).toContain(':container-instance/');
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('give a VPC that the site makes private subnets and a way out in each zone', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    expect(site.vpc.isolatedSubnets).toHaveLength(2);
  });

  test('may need as many instances as there are tasks, twice during a deployment', () => {
    siteTemplate({ tier: TierCapacity.ec2(), scaling: { maxTasks: 8 } }).hasResourceProperties(
      'AWS::AutoScaling::AutoScalingGroup',
      { MaxSize: '16' },
    );
  });

  test('run on the instances that are asked for', () => {
    const instanceType = new ec2.InstanceType('c7i.large');
    const tier = TierCapacity.ec2({ instanceType, minInstances: 1, maxInstances: 1 });

    const asked = siteTemplate({ tier, architecture: TierArchitecture.X86_64 });

    asked.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: Match.objectLike({ InstanceType: 'c7i.large' }),
    });
    asked.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '1', MaxSize: '1' });
  });

  test.each([
    [TierArchitecture.ARM_64, 't4g.medium', 'arm64'],
    [TierArchitecture.X86_64, 't3.medium', 'x86_64'],
  ])('run on instances, and an AMI, of their architecture: %s', (architecture, InstanceType, name) => {
    const template = siteTemplate({ tier: TierCapacity.ec2(), architecture });

    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: Match.objectLike({ InstanceType }),
    });
    template.hasResourceProperties('AWS::ECS::Service', {
      PlacementConstraints: [{ Type: 'memberOf', Expression: `attribute:ecs.cpu-architecture == ${name}` }],
    });
    const amis = Object.values(
      template.findParameters('*', { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' }),
    );
    expect(amis).toHaveLength(1);
    expect(JSON.stringify(amis).includes('/arm64/')).toBe(name === 'arm64');
  });

  describe('of a cluster that is given', () => {
    const given = (options: Ec2CapacityOptions) => {
      const stack = newStack();
      const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc') });
      cluster.addCapacity('Own', { instanceType: new ec2.InstanceType('m7g.large') });
      return newSite({ cluster, tier: TierCapacity.ec2(options) }, stack);
    };

    test('run on any of its instances', () => {
      const template = templateOf(given({}));

      template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 1);
      template.hasResourceProperties('AWS::ECS::Service', { LaunchType: 'EC2' });
    });

    test('run on those of a capacity provider', () => {
      templateOf(given({ capacityProvider: 'own' })).hasResourceProperties('AWS::ECS::Service', {
        CapacityProviderStrategy: [{ CapacityProvider: 'own', Weight: 1 }],
      });
    });

    test('fail with instances of their own', () => {
      expect(() => given({ minInstances: 1, maxInstances: 3 })).toThrow(
        'Shop/Site/Tier: TierCapacity.ec2: minInstances and maxInstances must be left out where a cluster is given: the tasks run on the instances of Shop/Cluster',
      );
    });
  });

  test.each<[Ec2CapacityOptions, string]>([
    [{ capacityProvider: 'own' }, 'capacityProvider is of a cluster that is given, and there is none'],
    [{ minInstances: 0 }, 'minInstances must be a whole number of at least 1, got: 0'],
    [{ maxInstances: 1 }, 'maxInstances must be a whole number of at least minInstances (2), got: 1'],
    [
      { instanceType: new ec2.InstanceType('m7i.large') },
      'instanceType must be arm64, as architecture says, got: m7i.large, which is x86_64',
    ],
  ])('fail for %j', (options, message) => {
    expect(() => newSite({ tier: TierCapacity.ec2(options) })).toThrow(`Shop/Site/Tier: TierCapacity.ec2: ${message}`);
  });

  test('fail in a VPC without private subnets', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });

    expect(() => newSite({ vpc, tier: TierCapacity.ec2() }, stack)).toThrow(
      'Shop/Site/Tier: TierCapacity.ec2 needs a VPC with private subnets and a way out of them, which Shop/Vpc has not: tasks on EC2 have no public addresses',
    );
  });
});
