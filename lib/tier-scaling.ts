import { Duration, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** How the number of tasks follows the load. */
export interface TierScaling {
  /**
   * The fewest tasks.
   * @default - `desiredCount`
   */
  readonly minTasks?: number;
  /** The most tasks. */
  readonly maxTasks: number;
  /**
   * How many requests a minute a task shall answer.
   * @default - 30000 (500 a second) for each 256 processor units of a task
   */
  readonly requestsPerTarget?: number;
  /**
   * How busy the processors of the tasks shall be, in percent, from 10 to 90.
   * @default 60
   */
  readonly cpuPercent?: number;
}

/** How many tasks run: always as many, or from `min` to `max`. */
export interface TaskCount {
  /** The fewest. */
  readonly min: number;
  /** The most. */
  readonly max: number;
}

/**
 * How many tasks the props ask for.
 *
 * @throws Error for numbers that are none, or contradict each other.
 */
export function taskCountOf(path: string, desiredCount: number | undefined, scaling?: TierScaling): TaskCount {
  const min = scaling?.minTasks ?? desiredCount ?? 2;
  const max = scaling?.maxTasks ?? min;
  if (desiredCount !== undefined && scaling?.minTasks !== undefined) {
    throw new Error(
      `${path}: desiredCount and scaling.minTasks contradict each other: leave desiredCount out, got: ${desiredCount} and ${scaling.minTasks}`,
    );
  }
  const first = scaling?.minTasks === undefined ? 'desiredCount' : 'scaling.minTasks';
  refuse(path, first, min, (value) => value >= 1, 'a whole number of at least 1');
  refuse(path, 'scaling.maxTasks', max, (value) => value >= min, `a whole number of at least ${first} (${min})`);
  refuse(path, 'scaling.requestsPerTarget', scaling?.requestsPerTarget, (value) => value >= 1, 'a whole number of at least 1'); // prettier-ignore
  const isBusy = (value: number) => value >= 10 && value <= 90;
  refuse(path, 'scaling.cpuPercent', scaling?.cpuPercent, isBusy, 'a whole number of percent from 10 to 90');
  return { min, max };
}

/** Lets a service's number of tasks follow its requests and its processors, whichever asks for more. */
export function scaleTasks(
  service: ecs.BaseService,
  targetGroup: elbv2.ApplicationTargetGroup,
  { min, max }: TaskCount,
  cpu: number,
  { requestsPerTarget, cpuPercent = 60 }: TierScaling,
): void {
  const tasks = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  const scaleOutCooldown = Duration.minutes(1);
  tasks.scaleOnRequestCount('Requests', {
    requestsPerTarget: requestsPerTarget ?? Math.round((30_000 * cpu) / 256),
    targetGroup,
    scaleOutCooldown,
  });
  tasks.scaleOnCpuUtilization('Processor', { targetUtilizationPercent: cpuPercent, scaleOutCooldown });
}

function refuse(
  path: string,
  name: string,
  value: number | undefined,
  isGood: (value: number) => boolean,
  rule: string,
): void {
  if (value !== undefined && !Token.isUnresolved(value) && (!Number.isInteger(value) || !isGood(value))) {
    throw new Error(`${path}: ${name} must be ${rule}, got: ${value}`);
  }
}
