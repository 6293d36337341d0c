import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Fill, type FunctionFillOptions, Origin } from '../../lib/index';
import { environments, newSite, newStack, propertiesOf, templateOf } from './site-template';

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** A site in a VPC from which functions reach the internet. */
function functionSite(options: FunctionFillOptions = {}) {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const site = newSite({ vpc, fill: Fill.function(options) }, stack);
  return { stack, vpc, site, template: templateOf(site) };
}

function hasInternalBalancer(template: Template): void {
  template.hasResourceProperties(BALANCER, { Scheme: 'internal', Type: 'application' });
  template.hasResourceProperties(TARGET_GROUP, {
    TargetType: 'lambda',
    TargetGroupAttributes: Match.arrayWith([{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }]),
  });
  // Of this account: otherwise everybody's load balancers could invoke it.
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    Principal: 'elasticloadbalancing.amazonaws.com',
    SourceAccount: { Ref: 'AWS::AccountId' },
  });
}

describe('Fill.function()', () => {
  test('puts a function behind an internal load balancer in the sidecar’s place', () => {
    const { site, stack, template } = functionSite();
    hasInternalBalancer(template);
    const { nginx, writer } = environments(template);
    expect(writer).toBeUndefined();
    expect(nginx).toMatchObject({
      NMS_FILL_FUNCTION: {
        'Fn::Join': ['', [stack.resolve(site.fillFunction?.loadBalancer.loadBalancerDnsName), ':80']],
      },
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Name: 'nginx', Cpu: 256 })],
    });
  });

  test('lets nobody but the tasks ask it', () => {
    const { site, stack, template } = functionSite();
    const groupOf = (connectable?: ec2.IConnectable) =>
      stack.resolve(connectable?.connections.securityGroups[0]?.securityGroupId) as unknown;
    const balancer = groupOf(site.fillFunction?.loadBalancer);
    const rules = propertiesOf<{ GroupId: unknown; SourceSecurityGroupId: unknown; FromPort: number }>(
      template,
      'AWS::EC2::SecurityGroupIngress',
    ).filter(({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(balancer));
    expect(rules).toMatchObject([{ SourceSecurityGroupId: groupOf(site.service), FromPort: 80 }]);
    const groups = propertiesOf<{ SecurityGroupIngress?: unknown }>(template, 'AWS::EC2::SecurityGroup');
    expect(groups.filter(({ SecurityGroupIngress }) => SecurityGroupIngress !== undefined)).toHaveLength(1);
  });

  test('knows what the sidecar would know, and finishes within its deadlines', () => {
    const { template } = functionSite({ memorySize: 2048, reservedConcurrency: 20 });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Renders and stores missed pages of the site',
      MemorySize: 2048,
      ReservedConcurrentExecutions: 20,
      // The fill's 25 s, and what comes after a rendering that used them up.
      Timeout: 30,
      Environment: {
        Variables: Match.objectLike({ NMS_ORIGIN: 'https://app.example.com', NMS_TABLE: Match.anyValue() }),
      },
    });
    template.hasResourceProperties(BALANCER, {
      Scheme: 'internal',
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '75' }]),
    });
  });

  test('is refused where functions cannot reach the origin, which says why', () => {
    expect(() => newSite({ fill: Fill.function() })).toThrow(
      'Shop/Site: fill must be Fill.sidecar(), got: Fill.function(): functions in isolated subnets cannot reach an origin outside of the VPC',
    );
  });

  test('is refused where functions cannot read the origin’s secret', () => {
    const stack = newStack();
    const subnetConfiguration = [{ name: 'inner', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: [...subnetConfiguration, { name: 'public', subnetType: ec2.SubnetType.PUBLIC }],
    });
    const origin = Origin.function(newFunction(stack));
    const originSecret = new secretsmanager.Secret(stack, 'Secret');
    expect(() => newSite({ vpc, origin, originSecret, fill: Fill.function() }, stack)).toThrow('Secrets Manager');
  });

  test('contradicts purgeOnUnsafeRequests', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    expect(() => newSite({ vpc, fill: Fill.function(), purgeOnUnsafeRequests: true }, stack)).toThrow(
      'Fill.function() and purgeOnUnsafeRequests contradict each other',
    );
  });

  test.each([
    [{ memorySize: 127 }, 'memorySize must be a whole number of MiB from 128 to 10240, got: 127'],
    [{ memorySize: 1024.5 }, 'memorySize must be a whole number of MiB from 128 to 10240, got: 1024.5'],
    [{ reservedConcurrency: 0 }, 'reservedConcurrency must be a whole number of at least 1, got: 0'],
  ])('is refused with %j', (options, words) => {
    expect(() => Fill.function(options)).toThrow(`Fill.function: ${words}`);
  });
});

function newFunction(stack: ReturnType<typeof newStack>): lambda.Function {
  return new lambda.Function(stack, 'Application', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 })'),
  });
}

describe('Origin.function()', () => {
  test('puts an internal load balancer before the function, which the tasks and the functions reach', () => {
    const stack = newStack();
    const application = newFunction(stack);
    const site = newSite({ origin: Origin.function(application, { timeout: Duration.seconds(90) }) }, stack);
    const template = templateOf(site);
    hasInternalBalancer(template);
    template.hasResourceProperties(TARGET_GROUP, {
      Targets: [{ Id: stack.resolve(application.functionArn) as unknown }],
    });
    template.hasResourceProperties(BALANCER, {
      Scheme: 'internal',
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '90' }]),
    });
    for (const Description of [
      'nginx tasks: renderings, and requests past the cache',
      'purges that render pages again',
    ]) {
      template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { Description, FromPort: 80 });
    }
    expect(JSON.stringify(environments(template).writer?.NMS_ORIGIN)).toMatch(/"http:\/\/".*":80"/);
  });

  test('is reached from isolated subnets, by a fill function too', () => {
    const stack = newStack();
    const site = newSite({ origin: Origin.function(newFunction(stack)), fill: Fill.function() }, stack);
    const template = templateOf(site);
    template.resourceCountIs(BALANCER, 3);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { Description: 'renderings of missed pages' });
  });

  test.each([Duration.millis(1500), Duration.minutes(16)])('is refused with a timeout of %s', (timeout) => {
    expect(() => Origin.function(newFunction(newStack()), { timeout })).toThrow(
      'Origin.function: timeout must be whole seconds from 1 to 900',
    );
  });
});
