import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Ec2CapacityOptions } from './ec2-platform';
import type { FargateCapacityOptions } from './fargate-platform';
import type { Fill } from './fill';
import type { FillFunction } from './fill-function';
import type { OriginBinding } from './origin';
import { connectToOrigin } from './origin-access';
import type { OriginSecret } from './origin-secret';
import type { PageCacheBinding } from './page-cache';
import type { PageIndex } from './page-index';
import type { TierArchitecture } from './tier-architecture';
import { TierCapacity } from './tier-capacity';
import { scaleTasks, type TaskCount, type TierScaling } from './tier-scaling';
import { PORTS, tierTask } from './tier-task';
import type { VariantKey } from './variant-keys';

/** What a site tells its nginx tier. */
export interface NginxTierProps {
  /** The site's document, as JSON. */
  readonly siteDocument: string;
  /** The VPC of the site. */
  readonly vpc: ec2.IVpc;
  /**
   * The cluster of the tasks.
   * @default - a new one
   */
  readonly cluster?: ecs.ICluster;
  /** What the tasks run on. */
  readonly capacity: TierCapacity;
  /** The processors of the tasks. */
  readonly architecture: TierArchitecture;
  /** How the Memcached nodes are reached. */
  readonly cache: PageCacheBinding;
  /** The index of stored pages. */
  readonly pageIndex: PageIndex;
  /** How the application is reached. */
  readonly origin: OriginBinding;
  /**
   * What the origin knows the site by.
   * @default - nothing
   */
  readonly originSecret?: OriginSecret;
  /**
   * What the values of signed variants are signed with.
   * @default - none is signed
   */
  readonly variantKeys?: VariantKey[];
  /** Where missed pages are rendered. */
  readonly fill: Fill;
  /** What is logged, as variables of the task. */
  readonly logEnvironment: { [name: string]: string };
  /**
   * What renders missed pages in the place of a process in each task.
   * @default - such a process
   */
  readonly fillFunction?: FillFunction;
  /** How many tasks run. */
  readonly taskCount: TaskCount;
  /**
   * How the number of tasks follows the load.
   * @default - it does not
   */
  readonly scaling?: TierScaling;
  /** A task's processor units (1024 are one processor). */
  readonly cpu: number;
  /** A task's memory, in MiB. */
  readonly memoryLimitMiB: number;
  /**
   * The image that the tasks' own is built on.
   * @default - the Dockerfile's
   */
  readonly imageBase?: string;
  /**
   * The day whose packages the image has.
   * @default - the Dockerfile's
   */
  readonly packagesOf?: string;
}

/** The ECS service that every request crosses: nginx, and the writer beside it in each task. */
export class NginxTier extends Construct {
  /** Where nginx answers visitors. */
  public static readonly PORT = PORTS.visitors;
  /** Where nginx answers health checks. */
  public static readonly STATUS_PORT = PORTS.status;

  /** On Fargate: the same as TierCapacity.fargate(). */
  public static fargate(options: FargateCapacityOptions = {}): TierCapacity {
    return TierCapacity.fargate(options);
  }

  /** On EC2 instances: the same as TierCapacity.ec2(). */
  public static ec2(options: Ec2CapacityOptions = {}): TierCapacity {
    return TierCapacity.ec2(options);
  }

  /**
   * The service. Its tasks go out to HTTPS, Memcached and the origin only: with DNS servers of your own they need
   * `service.connections.allowTo(…, ec2.Port.DNS_UDP)`, which Amazon's does not.
   */
  public readonly service: ecs.BaseService;
  /** The task that the service runs. */
  public readonly taskDefinition: ecs.TaskDefinition;
  /** What nginx and the writer log. */
  public readonly logGroup: logs.LogGroup;
  /**
   * The tasks, as the load balancer knows them.
   *
   * @internal
   */
  public _targetGroup!: elbv2.ApplicationTargetGroup;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NginxTierProps,
  ) {
    super(scope, id);
    const { cache, pageIndex, origin, fillFunction } = props;
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.taskDefinition = tierTask(this, this.logGroup, props);
    this.service = this.createService();
    this.service.connections.allowToDefaultPort(cache, 'nginx and the writer');
    pageIndex.grantUse(this.taskDefinition.taskRole);
    connectToOrigin(origin, this.service, 'nginx tasks: renderings, and requests past the cache');
    fillFunction?._admit(this.service);
  }

  /**
   * Takes the target group that the tasks are in, and lets their number follow the load, where the site asks for it.
   *
   * @internal
   */
  public _balance(targetGroup: elbv2.ApplicationTargetGroup): void {
    const { scaling, taskCount, cpu } = this.props;
    this._targetGroup = targetGroup;
    if (scaling !== undefined) {
      scaleTasks(this.service, targetGroup, taskCount, cpu, scaling);
    }
  }

  private createService(): ecs.BaseService {
    const { capacity, architecture, vpc, cluster, taskCount, scaling, origin } = this.props;
    const placement = capacity._platform.place(this, { vpc, cluster, architecture, maxTasks: taskCount.max });
    const service = capacity._platform.createService(this, {
      ...placement,
      architecture,
      taskDefinition: this.taskDefinition,
      securityGroups: [this.createSecurityGroup()],
      // A number here would undo, at every deployment, what scaling has done.
      desiredCount: scaling === undefined ? taskCount.min : undefined,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.minutes(1),
    });
    if (cluster === undefined) {
      // A service cannot name a capacity provider that its cluster does not have yet.
      service.node.addDependency(placement.cluster);
    }
    if (origin.application !== undefined) {
      // nginx does not start with a name that does not resolve yet, and old tasks could render after a purge at the end.
      service.node.addDependency(origin.application);
    }
    return service;
  }

  /** Of what tasks call besides Memcached and the origin, no address is known: their image, DynamoDB, logs and secrets. */
  private createSecurityGroup(): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.props.vpc,
      description: 'nginx tasks: in only from the load balancer',
      allowAllOutbound: false,
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'their image, DynamoDB, logs and secrets');
    return group;
  }
}
