import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledge';
import { ARCHITECTURES, type TierArchitecture } from './tier-architecture';

/** What instances are made of. */
export interface InstanceTemplateOptions {
  /** The cluster that they join. */
  readonly cluster: ecs.ICluster;
  readonly architecture: TierArchitecture;
  readonly instanceType?: ec2.InstanceType;
}

/** The template of the instances that tasks run on: nobody reaches them, and no task gets their permissions. */
export function instanceTemplate(scope: Construct, options: InstanceTemplateOptions): ec2.LaunchTemplate {
  const { cluster, architecture, instanceType } = options;
  const names = ARCHITECTURES[architecture];
  const userData = ec2.UserData.forLinux();
  // The instance's role is for ECS only.
  userData.addCommands('echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config');
  const role = instanceRole(scope, cluster);
  const template = new ec2.LaunchTemplate(scope, 'InstanceTemplate', {
    instanceType: instanceType ?? new ec2.InstanceType(names.instanceType),
    // The newest at each deployment.
    machineImage: ecs.EcsOptimizedImage.amazonLinux2023(names.ami),
    userData,
    // Otherwise CDK would add to it: all log groups, and more.
    role: role.withoutPolicyUpdates(),
    securityGroup: instanceSecurityGroup(scope, cluster.vpc),
    associatePublicIpAddress: false,
    requireImdsv2: true,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        // What the AMI's own volume has at least.
        volume: ec2.BlockDeviceVolume.ebs(30, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
      },
    ],
  });
  // An instance joins when it starts, and needs the permissions then.
  template.node.addDependency(role);
  return template;
}

function instanceSecurityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'InstanceSecurityGroup', {
    vpc,
    description: 'Instances of nginx tasks, which have security groups of their own',
    allowAllOutbound: false,
  });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'ECS, images and logs');
  return group;
}

/** May join the cluster and be told what to run. Images, logs and secrets are fetched with the task's execution role. */
function instanceRole(scope: Construct, cluster: ecs.ICluster): iam.Role {
  const role = new iam.Role(scope, 'InstanceRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  const instances = Stack.of(scope).formatArn({
    service: 'ecs',
    resource: 'container-instance',
    resourceName: `${cluster.clusterName}/*`,
  });
  const allow = (resource: string, ...actions: string[]) =>
    role.addToPolicy(new iam.PolicyStatement({ actions: actions.map((name) => `ecs:${name}`), resources: [resource] }));
  allow(
    cluster.clusterArn,
    'RegisterContainerInstance',
    'DeregisterContainerInstance',
    'SubmitAttachmentStateChanges',
    'SubmitContainerStateChange',
    'SubmitTaskStateChange',
  );
  allow(instances, 'Poll', 'StartTelemetrySession');
  // This action knows no resources.
  allow('*', 'DiscoverPollEndpoint');
  acknowledge(role, 'IAM5[Resource::*]', 'ecs:DiscoverPollEndpoint knows no resources.');
  acknowledgeWildcard(
    role,
    instances,
    'ECS names container instances when they join. These are those of this cluster and no other.',
  );
  return role;
}
