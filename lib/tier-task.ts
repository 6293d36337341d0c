import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { cacheEnvironment } from './cache-access';
import type { NginxTierProps } from './nginx-tier';
import { originEnvironment } from './origin-access';
import { ARCHITECTURES } from './tier-architecture';
import { tierImage } from './tier-image';
import { variantKeySecrets } from './variant-keys';

/** Where nginx answers visitors, and health checks. */
export const PORTS = { visitors: 8080, status: 8081 } as const;

/**
 * How long a container that is told to stop may finish what it has begun: longer than the load balancer takes to send no
 * more to it, and the slowest rendering together. It is the longest that Fargate grants.
 */
export const STOP_TIMEOUT = Duration.seconds(120);

const HEALTH_CHECK =
  "fetch('http://127.0.0.1:8081/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))";

/** Makes the task: nginx, and the writer beside it where no function is in its place. */
export function tierTask(scope: Construct, logGroup: logs.ILogGroup, props: NginxTierProps): ecs.TaskDefinition {
  const { capacity, architecture, fill, fillFunction, cpu, memoryLimitMiB } = props;
  const task = new ecs.TaskDefinition(scope, 'Task', {
    compatibility: capacity._platform.compatibility,
    networkMode: ecs.NetworkMode.AWS_VPC,
    cpu: String(cpu),
    memoryMiB: String(memoryLimitMiB),
    // EC2 takes what its instances are.
    runtimePlatform:
      capacity._platform.compatibility === ecs.Compatibility.FARGATE
        ? {
            cpuArchitecture: ARCHITECTURES[architecture].cpu,
            operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
          }
        : undefined,
  });
  const shared = { ...sharedOptions(scope, props), logGroup };
  const writerCpu = Math.round((cpu * fill.cpuShare) / 100);
  addContainer(task, shared, 'nginx', 'tier.js', {
    cpu: cpu - writerCpu,
    portMappings: Object.values(PORTS).map((containerPort) => ({ containerPort })),
    // ECS does not read the image's own. The load balancer looks more often: this is for what hangs.
    healthCheck: {
      command: ['CMD', 'node', '-e', HEALTH_CHECK],
      interval: Duration.seconds(30),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: Duration.seconds(30),
    },
  });
  if (fillFunction === undefined) {
    // Without a writer nginx asks the origin: a writer that fails is started again, and the task goes on.
    addContainer(task, shared, 'writer', 'sidecar.js', { cpu: writerCpu, essential: false, enableRestartPolicy: true });
  }
  acknowledge(
    task,
    'ECS2',
    "The environment holds addresses and names only. Secrets come from Secrets Manager, as the containers' secrets.",
  );
  acknowledge(
    task.obtainExecutionRole(),
    'IAM5[Resource::*]',
    'ecr:GetAuthorizationToken knows no resources. Images, logs and secrets are named.',
  );
  return task;
}

type Shared = Pick<ecs.ContainerDefinitionOptions, 'image' | 'environment' | 'secrets'>;

function sharedOptions(scope: Construct, props: NginxTierProps): Shared {
  const { cache, pageIndex, origin, originSecret, fillFunction, variantKeys = [] } = props;
  return {
    image: ecs.ContainerImage.fromDockerImageAsset(tierImage(scope, props)),
    environment: {
      ...cacheEnvironment(scope, cache),
      NMS_TABLE: pageIndex.table.tableName,
      ...originEnvironment(origin, originSecret),
      NMS_BEHIND_LOAD_BALANCER: 'true',
      ...props.logEnvironment,
      ...(fillFunction && { NMS_FILL_FUNCTION: fillFunction.address }),
    },
    secrets: {
      ...(originSecret && { NMS_ORIGIN_SECRET: ecs.Secret.fromSecretsManager(originSecret.secret) }),
      ...variantKeySecrets(variantKeys),
    },
  };
}

function addContainer(
  task: ecs.TaskDefinition,
  { logGroup, ...shared }: Shared & { readonly logGroup: logs.ILogGroup },
  name: string,
  program: string,
  options: Omit<ecs.ContainerDefinitionOptions, keyof Shared>,
): void {
  const container = task.addContainer(name, {
    ...shared,
    command: ['node', `/opt/nginx-memcache-site/${program}`],
    logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
    readonlyRootFilesystem: true,
    stopTimeout: STOP_TIMEOUT,
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
}
