import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type Construct } from 'constructs';
import { Origin, type OriginBinding, OriginHost } from '../../lib/index';
import { environments, newApp, newSite, newStack, templateOf } from './site-template';

/** An application in a stack of its own, as most sites have it, and the stack that its site is to be in. */
function twoStacks() {
  const app = newApp();
  const application = new Stack(app, 'Application');
  return { application, shop: new Stack(app, 'Shop'), vpc: new ec2.Vpc(application, 'Vpc') };
}

function newService(stack: Stack, cluster: ecs.Cluster): ecs.FargateService {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', {
    image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/nginx'),
    portMappings: [{ containerPort: 8000 }],
  });
  return new ecs.FargateService(stack, 'Service', {
    cluster,
    taskDefinition,
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
  });
}

describe('an origin behind a load balancer', () => {
  test('lets the tasks in at its port, from a stack that does not depend on the site', () => {
    const { application, shop, vpc } = twoStacks();
    const balancer = new elbv2.ApplicationLoadBalancer(application, 'Balancer', { vpc });

    const site = newSite({ vpc, origin: Origin.loadBalancer(balancer, { port: 8000 }) }, shop);

    templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      Description: 'nginx tasks: renderings, and requests past the cache',
      FromPort: 8000,
      ToPort: 8000,
      SourceSecurityGroupId: shop.resolve(site.service.connections.securityGroups[0]?.securityGroupId) as unknown,
    });
    expect(application.dependencies).toEqual([]);
  });

  test.each([
    [{}, 'http', 80],
    [{ https: true }, 'https', 443],
    [{ https: true, port: 8443 }, 'https', 8443],
  ])('is spoken to as %j says', (options, scheme, port) => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });

    const template = templateOf(newSite({ vpc, origin: Origin.loadBalancer(balancer, options) }, stack));

    const url = { 'Fn::Join': ['', [`${scheme}://`, stack.resolve(balancer.loadBalancerDnsName), `:${port}`]] };
    expect(environments(template)).toMatchObject({ nginx: { NMS_ORIGIN: url }, writer: { NMS_ORIGIN: url } });
  });
});

describe('an origin that is an ECS service', () => {
  test('is found by a Cloud Map name, which it gets, and lets the tasks in', () => {
    const { application, shop, vpc } = twoStacks();
    const cluster = new ecs.Cluster(application, 'Cluster', { vpc });
    cluster.addDefaultCloudMapNamespace({ name: 'shop.internal' });
    const service = newService(application, cluster);

    const site = newSite({ cluster, origin: Origin.service(service, { port: 8000 }) }, shop);

    const template = templateOf(site);
    expect(environments(template).nginx?.NMS_ORIGIN).toMatch(/^http:\/\/application-service-\w+\.shop\.internal:8000$/);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8000, ToPort: 8000 });
    expect(application.dependencies).toEqual([]);
  });

  test('fails without a namespace that the name could be in', () => {
    const stack = newStack();
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc') });
    const origin = Origin.service(newService(stack, cluster), { port: 8000 });

    expect(() => newSite({ cluster, origin }, stack)).toThrow(
      'Origin.service: Shop/Service has no name that nginx could find it by: call addDefaultCloudMapNamespace() on its cluster',
    );
  });
});

describe('an origin at a URL', () => {
  test.each([
    [{}, 'visitor'],
    [{ hostHeader: OriginHost.ORIGIN }, 'origin'],
  ])('gets the Host header that %j asks for', (options, expected) => {
    const template = templateOf(newSite({ origin: Origin.http('https://app.example.com:8443/', options) }));

    const expectedVariables = { NMS_ORIGIN: 'https://app.example.com:8443', NMS_ORIGIN_HOST_HEADER: expected };
    expect(environments(template)).toMatchObject({ nginx: expectedVariables, writer: expectedVariables });
  });

  test.each(['app.example.com', 'ftp://app.example.com', 'http://app.example.com/shop', 'http://u:p@app.example.com'])(
    'fails for %s',
    (url) => {
      expect(() => Origin.http(url)).toThrow(
        `Origin.http: must be http://host or https://host, perhaps with a port, without a path, got: '${url}'`,
      );
    },
  );
});

test('users can write an origin of their own', () => {
  class Mine extends Origin {
    public bind(_scope: Construct): OriginBinding {
      return { url: 'http://10.0.0.7:8000' };
    }
  }

  expect(environments(templateOf(newSite({ origin: new Mine() }))).nginx).toMatchObject({
    NMS_ORIGIN: 'http://10.0.0.7:8000',
    NMS_ORIGIN_HOST_HEADER: 'visitor',
  });
});
