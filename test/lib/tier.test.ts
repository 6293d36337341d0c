import { Match } from 'aws-cdk-lib/assertions';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { Fill, type NginxMemcacheSiteProps, TierArchitecture } from '../../lib/index';
import { newSite, propertiesOf, siteDocuments, siteTemplate, templateOf } from './site-template';

describe('the tier', () => {
  const containers = (nginx: object, writer: object) => ({
    ContainerDefinitions: [
      Match.objectLike({ Name: 'nginx', ...nginx }),
      Match.objectLike({ Name: 'writer', ...writer }),
    ],
  });

  test('goes on without its writer, which is started again', () => {
    siteTemplate().hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      containers({ Essential: true }, { Essential: false, RestartPolicy: { Enabled: true } }),
    );
  });

  test('keeps the processor share that the writer is not given', () => {
    siteTemplate({ cpu: 1024, memoryLimitMiB: 2048, fill: Fill.sidecar({ cpuShare: 40 }) }).hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      containers({ Cpu: 614 }, { Cpu: 410 }),
    );
  });

  test.each([4, 96, 12.5])('fails for a writer with %d percent', (cpuShare) => {
    expect(() => Fill.sidecar({ cpuShare })).toThrow(
      `Fill.sidecar: cpuShare must be a whole number of percent from 5 to 95, got: ${cpuShare}`,
    );
  });

  test('is deployed without taking a task away first, and rolled back when it does not start', () => {
    siteTemplate({ desiredCount: 3 }).hasResourceProperties('AWS::ECS::Service', {
      DesiredCount: 3,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        // With no room for new tasks beside the old ones, no deployment would ever end.
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      // A task that is still starting is not taken for one that hangs.
      HealthCheckGracePeriodSeconds: 60,
    });
  });

  test('is not kept busy by a task that hangs: ECS asks nginx whether it is well', () => {
    siteTemplate().hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      containers(
        { HealthCheck: { Command: ['CMD', 'node', '-e', Match.stringLikeRegexp("'http://127.0.0.1:8081/health'")] } },
        { HealthCheck: Match.absent() },
      ),
    );
  });

  test('finishes what it has begun: the delay of the load balancer and the slowest rendering together', () => {
    const site = newSite();
    const template = templateOf(site);

    const [document] = Object.values(siteDocuments(site)) as { limits: { fillDeadline: number } }[];
    const slowest = 30 + (document?.limits.fillDeadline ?? NaN);
    const [task] = propertiesOf<{ ContainerDefinitions: { StopTimeout: number }[] }>(
      template,
      'AWS::ECS::TaskDefinition',
    );
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
    expect(task?.ContainerDefinitions).toHaveLength(2);
    for (const { StopTimeout } of task?.ContainerDefinitions ?? []) {
      expect(StopTimeout).toBeGreaterThanOrEqual(slowest);
      // The longest on Fargate.
      expect(StopTimeout).toBeLessThanOrEqual(120);
    }
  });
});

describe('the number of tasks', () => {
  const policies = (props: Partial<NginxMemcacheSiteProps>) =>
    propertiesOf<{ TargetTrackingScalingPolicyConfiguration: object }>(
      siteTemplate(props),
      'AWS::ApplicationAutoScaling::ScalingPolicy',
    ).map((policy) => policy.TargetTrackingScalingPolicyConfiguration);

  test('does not change by itself', () => {
    siteTemplate().resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('follows the load, and is kept by deployments', () => {
    const template = siteTemplate({ scaling: { minTasks: 3, maxTasks: 10 } });

    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 3, MaxCapacity: 10 });
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  });

  test('is at least desiredCount, where scaling does not say', () => {
    siteTemplate({ desiredCount: 4, scaling: { maxTasks: 10 } }).hasResourceProperties(
      'AWS::ApplicationAutoScaling::ScalableTarget',
      { MinCapacity: 4, MaxCapacity: 10 },
    );
  });

  test('follows requests and processors', () => {
    expect(policies({ scaling: { maxTasks: 10, requestsPerTarget: 1000, cpuPercent: 40 } })).toMatchObject([
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' }, TargetValue: 1000 },
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' }, TargetValue: 40 },
    ]);
  });

  test('grants larger tasks more requests', () => {
    expect(policies({ scaling: { maxTasks: 10 }, cpu: 1024, memoryLimitMiB: 2048 })).toMatchObject([
      { TargetValue: 120_000 },
      { TargetValue: 60 },
    ]);
  });

  test.each<[Partial<NginxMemcacheSiteProps>, string]>([
    [{ desiredCount: 0 }, 'desiredCount must be a whole number of at least 1, got: 0'],
    [{ scaling: { minTasks: 1.5, maxTasks: 3 } }, 'scaling.minTasks must be a whole number of at least 1, got: 1.5'],
    [{ scaling: { maxTasks: 1 } }, 'scaling.maxTasks must be a whole number of at least desiredCount (2), got: 1'],
    [
      { scaling: { minTasks: 4, maxTasks: 3 } },
      'scaling.maxTasks must be a whole number of at least scaling.minTasks (4), got: 3',
    ],
    [
      { desiredCount: 2, scaling: { minTasks: 3, maxTasks: 3 } },
      'desiredCount and scaling.minTasks contradict each other: leave desiredCount out, got: 2 and 3',
    ],
    [
      { scaling: { maxTasks: 3, requestsPerTarget: 0 } },
      'scaling.requestsPerTarget must be a whole number of at least 1, got: 0',
    ],
    [
      { scaling: { maxTasks: 3, cpuPercent: 95 } },
      'scaling.cpuPercent must be a whole number of percent from 10 to 90, got: 95',
    ],
  ])('fails for %j', (props, message) => {
    expect(() => newSite(props)).toThrow(`Shop/Site: ${message}`);
  });
});

describe('the image', () => {
  const imageOf = (props: Partial<NginxMemcacheSiteProps> = {}) => {
    const site = newSite({ siteName: 'shop', ...props });
    const [image] = site.node.findAll().filter((construct) => construct instanceof DockerImageAsset);
    const [task] = propertiesOf<{ RuntimePlatform?: object }>(templateOf(site), 'AWS::ECS::TaskDefinition');
    return {
      hash: image?.assetHash,
      ...(image as unknown as { dockerBuildArgs: object }),
      runtime: task?.RuntimePlatform,
    };
  };

  test('is of the base and the day that the Dockerfile says', () => {
    expect(imageOf().dockerBuildArgs).toEqual({});
  });

  test('is built again for another base or day', () => {
    const args = { imageBase: 'debian@sha256:0123456789abcdef', packagesOf: '2026-12-24' };

    const { dockerBuildArgs, hash } = imageOf(args);

    expect(dockerBuildArgs).toEqual({ BASE: args.imageBase, PACKAGES_OF: args.packagesOf });
    expect(hash).not.toEqual(imageOf().hash);
  });

  test.each([
    [TierArchitecture.ARM_64, 'ARM64'],
    [TierArchitecture.X86_64, 'X86_64'],
  ])('has the architecture that it runs on: %s', (architecture, CpuArchitecture) => {
    expect(imageOf({ architecture }).runtime).toEqual({ CpuArchitecture, OperatingSystemFamily: 'LINUX' });
    // The hash of an asset counts its platform.
    expect(imageOf({ architecture }).hash === imageOf().hash).toBe(architecture === TierArchitecture.ARM_64);
  });

  test.each<[Partial<NginxMemcacheSiteProps>, string]>([
    [{ imageBase: 'debian trixie' }, "imageBase must be an image's name, perhaps with tag or digest"],
    [{ packagesOf: '24.12.2026' }, "packagesOf must be a day as YYYY-MM-DD, got: '24.12.2026'"],
    [{ packagesOf: '2026-02-30' }, "packagesOf must be a day as YYYY-MM-DD, got: '2026-02-30'"],
  ])('fails for %j', (props, message) => {
    expect(() => newSite(props)).toThrow(`Shop/Site: ${message}`);
  });
});
