import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Fill } from './fill';
import type { OriginBinding } from './origin';
import { letIntoOrigin, originEnvironment } from './origin-access';
import type { PageCacheBinding } from './page-cache';
import type { PageIndex } from './page-index';
import { withStagedAssets } from './staged-assets';

/** What a site tells its nginx tier. */
export interface NginxTierProps {
  /** The site's document, as JSON. */
  readonly siteDocument: string;
  readonly vpc: ec2.IVpc;
  readonly cluster: ecs.ICluster;
  readonly cache: PageCacheBinding;
  readonly pageIndex: PageIndex;
  readonly origin: OriginBinding;
  readonly fill: Fill;
  readonly desiredCount: number;
  readonly cpu: number;
  readonly memoryLimitMiB: number;
}

/** The ECS service that every request crosses: nginx, and the writer beside it in each task. */
export class NginxTier extends Construct {
  /** Where nginx answers visitors. */
  public static readonly PORT = 8080;
  /** Where nginx answers health checks. */
  public static readonly STATUS_PORT = 8081;

  /** The service. */
  public readonly service: ecs.FargateService;
  /** The task that the service runs. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  public constructor(scope: Construct, id: string, props: NginxTierProps) {
    super(scope, id);
    this.taskDefinition = this.createTaskDefinition(props);
    this.service = this.createService(props);
    props.cache.connections.allowDefaultPortFrom(this.service, 'nginx and the writer');
    props.pageIndex.grantUse(this.taskDefinition.taskRole);
    letIntoOrigin(props.origin, this.service, 'nginx tasks: renderings, and requests past the cache');
  }

  private createTaskDefinition({
    siteDocument,
    cache,
    pageIndex,
    origin,
    fill,
    cpu,
    memoryLimitMiB,
  }: NginxTierProps): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu,
      memoryLimitMiB,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    const image = ecs.ContainerImage.fromDockerImageAsset(
      withStagedAssets('image', siteDocument, (directory) => {
        return new ecrAssets.DockerImageAsset(this, 'Image', { directory, platform: ecrAssets.Platform.LINUX_ARM64 });
      }),
    );
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const environment = {
      NMS_CACHE_ENDPOINT: cache.endpoint,
      NMS_TABLE: pageIndex.table.tableName,
      ...originEnvironment(origin),
      NMS_BEHIND_LOAD_BALANCER: 'true',
    };
    const writerCpu = Math.round((cpu * fill.cpuShare) / 100);
    const add = (
      name: string,
      program: string,
      options: Pick<ecs.ContainerDefinitionOptions, 'cpu' | 'essential' | 'portMappings' | 'enableRestartPolicy'>,
    ) => {
      const container = task.addContainer(name, {
        image,
        command: ['node', `/opt/nginx-memcache-site/${program}`],
        environment,
        logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
        readonlyRootFilesystem: true,
        ...options,
      });
      // All that is writable; the image gives both to its own user.
      for (const [volume, path] of [
        [`${name}-run`, '/run/nginx-memcache-site'],
        [`${name}-tmp`, '/tmp'],
      ] as const) {
        task.addVolume({ name: volume });
        container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly: false });
      }
    };
    add('nginx', 'tier.js', {
      cpu: cpu - writerCpu,
      portMappings: [{ containerPort: NginxTier.PORT }, { containerPort: NginxTier.STATUS_PORT }],
    });
    // Without a writer nginx asks the origin: a writer that fails is started again, and the task goes on.
    add('writer', 'sidecar.js', { cpu: writerCpu, essential: false, enableRestartPolicy: true });
    return task;
  }

  private createService({ vpc, cluster, desiredCount }: NginxTierProps): ecs.FargateService {
    const hasEgress = vpc.privateSubnets.length > 0;
    return new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition: this.taskDefinition,
      desiredCount,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.minutes(1),
      // A public address instead of a NAT gateway, which would cost more than the tasks: nobody but the load balancer is let in.
      vpcSubnets: { subnetType: hasEgress ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PUBLIC },
      assignPublicIp: !hasEgress,
    });
  }
}
