import { type CfnElement, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Origin } from '../../lib/index';
import { environments, newSite, newStack, templateOf } from './site-template';

/*
 * The application is deployed before the site's tasks: nginx does not start with a name that nobody has yet, and what old
 * tasks of the application render would be stored after a purge at the end of the deployment that replaces them.
 */

function newService(stack: Stack, options: Partial<ecs.FargateServiceProps> = {}): ecs.FargateService {
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc') });
  cluster.addDefaultCloudMapNamespace({ name: 'shop.internal' });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('shop') });
  const deployment = { minHealthyPercent: 100, circuitBreaker: { rollback: true } };
  return new ecs.FargateService(stack, 'Web', { cluster, taskDefinition, ...deployment, ...options });
}

const idOf = (stack: Stack, { node }: ecs.FargateService) =>
  stack.getLogicalId(node.findChild('Service') as CfnElement);

test('an application that is a service comes before the tasks, and they before a purge at the end', () => {
  const stack = newStack();
  const service = newService(stack);
  const site = newSite({ cluster: service.cluster, origin: Origin.service(service, { port: 8000 }) }, stack);

  site.purgeOnDeploy();

  const template = templateOf(site);
  const [tasks] = Object.entries(template.findResources('AWS::ECS::Service')).filter(([id]) => id.startsWith('Site'));
  expect(tasks?.[1].DependsOn).toContain(idOf(stack, service));
  template.hasResource('Custom::PagePurge', { DependsOn: Match.arrayWith([tasks?.[0]]) });
});

test('an application that is a function comes before the tasks, by the target group that knows it', () => {
  const stack = newStack();
  const code = lambda.Code.fromInline('exports.handler = async () => undefined;');
  const application = { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code };
  const site = newSite({ origin: Origin.function(new lambda.Function(stack, 'Application', application)) }, stack);

  const template = templateOf(site);
  const targets = { Properties: { TargetType: 'lambda' } };
  const [targetGroup] = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup', targets));
  template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([targetGroup]) });
});

test.each([
  ['that the site gave it', undefined],
  ['of its own', { name: 'django' }],
])('a service with a name %s may purge the site that is before it, and knows whom to ask', (_, cloudMapOptions) => {
  const stack = newStack();
  const service = newService(stack, { cloudMapOptions });
  const site = newSite({ cluster: service.cluster, origin: Origin.service(service, { port: 8000 }) }, stack);

  site.grantPurge(service.taskDefinition.taskRole);
  service.taskDefinition.defaultContainer?.addEnvironment('PURGE_FUNCTION', site.purgeFunction.functionName);

  // Synthesis refuses resources that wait for each other.
  const name = cloudMapOptions?.name ?? 'shop-web-[0-9a-f]{8}';
  expect(environments(templateOf(site)).nginx?.NMS_ORIGIN).toMatch(
    new RegExp(String.raw`^http://${name}\.shop\.internal:8000$`),
  );
});
