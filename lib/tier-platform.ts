import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { TierArchitecture } from './tier-architecture';

/** Where tasks shall be placed. */
export interface PlacementOptions {
  readonly vpc: ec2.IVpc;
  /** Given by the user, else one is made. */
  readonly cluster?: ecs.ICluster;
  readonly architecture: TierArchitecture;
  /** The most tasks that run outside of a deployment. */
  readonly maxTasks: number;
}

/** Where tasks are placed. */
export interface Placement {
  readonly cluster: ecs.ICluster;
  /** None leaves it to the launch type. */
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];
}

/** What every service has, wherever its tasks run. */
export type ServiceOptions = ecs.BaseServiceOptions & {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly securityGroups: ec2.ISecurityGroup[];
  readonly architecture: TierArchitecture;
};

/** What the tasks run on, behind TierCapacity. */
export interface TierPlatform {
  readonly compatibility: ecs.Compatibility;
  /** Whether a VPC that the site makes has to have private subnets, and a NAT gateway in each availability zone. */
  readonly needsPrivateSubnets: boolean;
  place(scope: Construct, options: PlacementOptions): Placement;
  createService(scope: Construct, options: ServiceOptions): ecs.BaseService;
}
