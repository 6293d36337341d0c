import type { Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Fill } from './fill';
import { TierArchitecture } from './tier-architecture';
import { TierCapacity } from './tier-capacity';
import type { TierScaling } from './tier-scaling';

/** The tasks of nginx and the writer. */
export interface SiteTierProps {
  /**
   * What the tasks run on.
   * @default - TierCapacity.fargate()
   */
  readonly tier?: TierCapacity;
  /**
   * The processors of the tasks: of their image, and of Fargate or the instances.
   * @default TierArchitecture.ARM_64
   */
  readonly architecture?: TierArchitecture;
  /**
   * The ECS cluster of the tasks; it must be in the VPC.
   * @default - a new one
   */
  readonly cluster?: ecs.ICluster;
  /**
   * Where missed pages are rendered.
   * @default - Fill.sidecar()
   */
  readonly fill?: Fill;

  /**
   * How much each task keeps of its hottest pages, for about a second, in front of Memcached: from 1 MiB to 64 GiB of the
   * task's storage. Such a page costs hardly more than a file; its purge is visible within two seconds of the receipt
   * instead of at once.
   * @default - nothing: every hit asks Memcached
   */
  readonly perNodeCache?: Size;
  /**
   * How many tasks run; with `scaling` the fewest.
   * @default 2
   */
  readonly desiredCount?: number;
  /**
   * How the number of tasks follows the load. A deployment then keeps the number that run.
   * @default - `desiredCount` tasks, whatever the load
   */
  readonly scaling?: TierScaling;
  /**
   * A task's processor units (1024 are one processor).
   * @default 256
   */
  readonly cpu?: number;
  /**
   * A task's memory, in MiB.
   * @default 1024
   */
  readonly memoryLimitMiB?: number;

  /**
   * The image that the tasks' own is built on: Debian 13, or what has its packages. By digest (`debian@sha256:…`) builds
   * repeat.
   * @default - Debian's slim image, the newest when the image is built
   */
  readonly imageBase?: string;
  /**
   * The day whose packages the image has, as YYYY-MM-DD: a later day builds it again, with Debian's security fixes.
   * @default - the day of this version of the library
   */
  readonly packagesOf?: string;
}
