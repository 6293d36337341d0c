import { Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { instanceTemplate } from './instance-template';
import { siteCluster } from './site-cluster';
import { ARCHITECTURES } from './tier-architecture';
import type { Placement, PlacementOptions, TierPlatform } from './tier-platform';

/** Options for tasks on EC2 instances. */
export interface Ec2CapacityOptions {
  /**
   * The type of the instances, which must have the site's `architecture`.
   * @default - t4g.medium, or t3.medium with TierArchitecture.X86_64: each holds two tasks
   */
  readonly instanceType?: ec2.InstanceType;
  /**
   * The fewest instances, over the availability zones.
   * @default 2
   */
  readonly minInstances?: number;
  /**
   * The most instances.
   * @default - two for each task that there may be: a task may fill an instance, and a deployment doubles the tasks for a while
   */
  readonly maxInstances?: number;
  /**
   * The capacity provider of the cluster that is given as `cluster`.
   * @default - any instance of that cluster, without scaling it; where the site makes the cluster, a provider of its own
   */
  readonly capacityProvider?: string;
}

/** Tasks on EC2 instances. */
export function ec2Platform(options: Ec2CapacityOptions): TierPlatform {
  return {
    compatibility: ecs.Compatibility.EC2,
    needsPrivateSubnets: true,
    place: (scope, placement) => {
      checkOptions(scope, options, placement);
      return placement.cluster === undefined
        ? newCluster(scope, options, placement)
        : givenCluster(placement.cluster, options);
    },
    createService: (scope, { architecture, ...service }) =>
      new ecs.Ec2Service(scope, 'Service', {
        ...service,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        // A cluster that is given may have instances of both.
        placementConstraints: [ecs.PlacementConstraint.memberOf(`attribute:ecs.cpu-architecture == ${architecture}`)],
        placementStrategies: [
          ecs.PlacementStrategy.spreadAcross(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
          ecs.PlacementStrategy.spreadAcrossInstances(),
        ],
      }),
  };
}

function checkOptions(scope: Construct, options: Ec2CapacityOptions, { cluster, vpc, architecture }: PlacementOptions) {
  const { capacityProvider, instanceType, minInstances = 2, maxInstances } = options;
  const where = `${scope.node.path}: TierCapacity.ec2`;
  if (vpc.privateSubnets.length === 0) {
    throw new Error(
      `${where} needs a VPC with private subnets and a way out of them, which ${vpc.node.path} has not: tasks on EC2 have no public addresses`,
    );
  }
  if (cluster !== undefined) {
    const own = Object.keys(options).filter((name) => name !== 'capacityProvider');
    if (own.length > 0) {
      throw new Error(
        `${where}: ${own.join(' and ')} must be left out where a cluster is given: the tasks run on the instances of ${cluster.node.path}`,
      );
    }
    return;
  }
  if (capacityProvider !== undefined) {
    throw new Error(`${where}: capacityProvider is of a cluster that is given, and there is none: give cluster, too`);
  }
  if (instanceType !== undefined && !Token.isUnresolved(instanceType.toString())) {
    if (instanceType.architecture !== ARCHITECTURES[architecture].instance) {
      throw new Error(
        `${where}: instanceType must be ${architecture}, as architecture says, got: ${instanceType.toString()}, which is ${instanceType.architecture}`,
      );
    }
  }
  if (!Number.isInteger(minInstances) || minInstances < 1) {
    throw new Error(`${where}: minInstances must be a whole number of at least 1, got: ${minInstances}`);
  }
  if (maxInstances !== undefined && (!Number.isInteger(maxInstances) || maxInstances < minInstances)) {
    throw new Error(
      `${where}: maxInstances must be a whole number of at least minInstances (${minInstances}), got: ${maxInstances}`,
    );
  }
}

function givenCluster(cluster: ecs.ICluster, { capacityProvider }: Ec2CapacityOptions): Placement {
  return {
    cluster,
    capacityProviderStrategies: capacityProvider === undefined ? undefined : [{ capacityProvider, weight: 1 }],
  };
}

function newCluster(scope: Construct, options: Ec2CapacityOptions, placement: PlacementOptions): Placement {
  const { vpc, maxTasks, architecture } = placement;
  const { minInstances: minCapacity = 2, maxInstances, instanceType } = options;
  const maxCapacity = maxInstances ?? Math.max(minCapacity, 2 * maxTasks);
  const cluster = siteCluster(scope, { vpc });
  const autoScalingGroup = new autoscaling.AutoScalingGroup(scope, 'Instances', {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    launchTemplate: instanceTemplate(scope, { cluster, architecture, instanceType }),
    minCapacity,
    maxCapacity,
    // A new AMI or type: one instance after the other, whose tasks move first.
    updatePolicy: autoscaling.UpdatePolicy.rollingUpdate({
      maxBatchSize: 1,
      minInstancesInService: Math.min(1, maxCapacity - 1),
    }),
  });
  acknowledge(
    autoScalingGroup,
    'AS3',
    'The group follows the number of tasks, as its capacity provider asks for it: that it grows and shrinks is its everyday work, and no event to tell anybody of.',
  );
  const provider = new ecs.AsgCapacityProvider(scope, 'CapacityProvider', {
    autoScalingGroup,
    // Draining moves the tasks before an instance ends. Protection besides would keep the group from being deleted.
    enableManagedTerminationProtection: false,
    enableManagedDraining: true,
  });
  cluster.addAsgCapacityProvider(provider);
  return { cluster, capacityProviderStrategies: [{ capacityProvider: provider.capacityProviderName, weight: 1 }] };
}
