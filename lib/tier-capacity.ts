import { type Ec2CapacityOptions, ec2Platform } from './ec2-platform';
import { type FargateCapacityOptions, fargatePlatform } from './fargate-platform';
import type { TierPlatform } from './tier-platform';

/**
 * What the tasks of nginx run on. The image is the same.
 *
 * - `TierCapacity.fargate()`: Fargate, where there are no instances to look after.
 * - `TierCapacity.ec2()`: EC2 instances, which cost less where they are busy, in a VPC with private subnets.
 */
export class TierCapacity {
  /** Fargate. */
  public static fargate(options: FargateCapacityOptions = {}): TierCapacity {
    return new TierCapacity(fargatePlatform(options));
  }

  /**
   * EC2 instances: of an auto scaling group that grows and shrinks with the tasks, or of the cluster that is given. Tasks
   * there have no public addresses: the VPC must have private subnets with a way out, as one that the site makes then has.
   */
  public static ec2(options: Ec2CapacityOptions = {}): TierCapacity {
    return new TierCapacity(ec2Platform(options));
  }

  private constructor(
    /** @internal */
    public readonly _platform: TierPlatform,
  ) {}
}
