import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin } from 'nginx-memcache-site';

/**
 * Django on Fargate, as two services of one image: gunicorn, which visitors reach through the cache alone, and a Celery
 * worker. Both purge what they change: docs/django.md has the code. Add the database as in every Django project.
 *
 *     new DjangoStack(app, 'Shop', { env: { account: '…', region: 'eu-central-1' } });
 */
export class DjangoStack extends Stack {
  public constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc });
    cluster.addDefaultCloudMapNamespace({ name: 'shop.internal' });
    const web = this.addService(cluster, 'Web', ['gunicorn', '--bind=0.0.0.0:8000', 'shop.wsgi']);
    const worker = this.addService(cluster, 'Worker', ['celery', '--app=shop', 'worker']);

    const site = new NginxMemcacheSite(this, 'Site', {
      cluster,
      origin: Origin.service(web, { port: 8000 }),
      hosts: ['www.shop.example'],
      bypassPaths: ['/admin', '/accounts'],
      // Only what Django says to be storable, with @cache_control(public=True, max_age=600).
      defaultTtl: Duration.seconds(0),
      routes: [{ path: '/products', tags: ['products'] }],
      scaling: { maxTasks: 6 },
    });

    for (const { taskDefinition } of [web, worker]) {
      site.grantPurge(taskDefinition.taskRole);
      taskDefinition.defaultContainer?.addEnvironment('PURGE_FUNCTION', site.purgeFunction.functionName);
    }
    // New templates and styles: after Django's new tasks have taken over, so that the old ones store nothing after it.
    site.purgeOnDeploy();
  }

  private addService(cluster: ecs.ICluster, id: string, command: string[]): ecs.FargateService {
    const taskDefinition = new ecs.FargateTaskDefinition(this, `${id}Task`, { cpu: 512, memoryLimitMiB: 1024 });
    const repository = ecr.Repository.fromRepositoryName(this, `${id}Image`, 'shop');
    taskDefinition.addContainer('django', {
      command,
      image: ecs.ContainerImage.fromEcrRepository(repository, 'release'),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: id.toLowerCase() }),
      portMappings: [{ containerPort: 8000 }],
    });
    const deployment = { minHealthyPercent: 100, circuitBreaker: { rollback: true } };
    return new ecs.FargateService(this, id, { cluster, taskDefinition, desiredCount: 2, ...deployment });
  }
}
