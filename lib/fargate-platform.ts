import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { siteCluster } from './site-cluster';
import type { TierPlatform } from './tier-platform';

/** Options for tasks on Fargate. */
export interface FargateCapacityOptions {
  /**
   * Whether all tasks but one run on Fargate Spot: at about a third of the price, and ended with two minutes' notice when AWS
   * needs the capacity. A cluster that is given must have Fargate's capacity providers.
   * @default false
   */
  readonly spot?: boolean;
}

/** Tasks on Fargate. */
export function fargatePlatform({ spot = false }: FargateCapacityOptions): TierPlatform {
  return {
    compatibility: ecs.Compatibility.FARGATE,
    needsPrivateSubnets: false,
    place: (scope, { vpc, cluster }) => ({
      cluster: cluster ?? siteCluster(scope, { vpc, enableFargateCapacityProviders: spot }),
      capacityProviderStrategies: spot
        ? [
            { capacityProvider: 'FARGATE', base: 1, weight: 0 },
            { capacityProvider: 'FARGATE_SPOT', weight: 1 },
          ]
        : undefined,
    }),
    createService: (scope, { architecture: _, ...options }) => {
      const hasEgress = options.cluster.vpc.privateSubnets.length > 0;
      return new ecs.FargateService(scope, 'Service', {
        ...options,
        // A public address instead of a NAT gateway, which would cost more than the tasks: nobody but the load balancer is let in.
        vpcSubnets: { subnetType: hasEgress ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PUBLIC },
        assignPublicIp: !hasEgress,
      });
    },
  };
}
