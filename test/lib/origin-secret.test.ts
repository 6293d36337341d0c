import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Match } from 'aws-cdk-lib/assertions';
import { type NginxMemcacheSiteProps, Origin, PurgeMode } from '../../lib/index';
import { environments, newSite, newStack, propertiesOf, templateOf } from './site-template';

/** A site with a secret, in a VPC from where functions can get out, or in one of its own, from where they cannot. */
function siteWithSecret({ egress, ...props }: Partial<NginxMemcacheSiteProps> & { egress: boolean }) {
  const stack = newStack();
  const originSecret = new secretsmanager.Secret(stack, 'Secret');
  const vpc = egress ? new ec2.Vpc(stack, 'Vpc') : undefined;
  const site = newSite({ originSecret, vpc, ...props }, stack);
  return { site, arn: stack.resolve(originSecret.secretArn) as unknown };
}

describe('the secret that the origin knows the site by', () => {
  test('reaches nginx and the writer as a secret, and never as a value', () => {
    const { site, arn } = siteWithSecret({ egress: false });
    const template = templateOf(site);

    const secrets = Match.objectLike({ Secrets: [{ Name: 'NMS_ORIGIN_SECRET', ValueFrom: arn }] });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [secrets, secrets] });
    const { nginx, writer } = environments(template);
    expect(nginx).toMatchObject({ NMS_ORIGIN_SECRET_HEADER: 'X-Origin-Secret' });
    expect(writer).toMatchObject({ NMS_ORIGIN_SECRET_HEADER: 'X-Origin-Secret' });
    expect(nginx).not.toHaveProperty('NMS_ORIGIN_SECRET');
  });

  test('travels in the header that the origin wants', () => {
    const { site } = siteWithSecret({ egress: false, originSecretHeader: 'X-From-Cache' });

    expect(environments(templateOf(site)).nginx).toMatchObject({ NMS_ORIGIN_SECRET_HEADER: 'X-From-Cache' });
  });

  test('is read by the function that renders, which is told its name only', () => {
    const { site, arn } = siteWithSecret({ egress: true });
    const template = templateOf(site);

    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      {
        Environment: {
          Variables: Match.objectLike({
            NMS_ORIGIN: 'https://app.example.com',
            NMS_ORIGIN_SECRET_ARN: arn,
            NMS_ORIGIN_SECRET_HEADER: 'X-Origin-Secret',
          }),
        },
      },
      1,
    );
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [Stack.of(site).resolve(site.purger.core.role?.roleName)],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
            Resource: arn,
          }),
        ]),
      },
    });
  });

  test('is read by tasks at their start, and by the function that renders, and by nobody else', () => {
    const { site } = siteWithSecret({ egress: true });

    const readers = propertiesOf<object>(templateOf(site), 'AWS::IAM::Policy').filter((policy) =>
      JSON.stringify(policy).includes('secretsmanager:'),
    );

    expect(readers).toHaveLength(2);
  });

  test('fails refreshes at synth where the function cannot reach Secrets Manager', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
    const internal = new elbv2.ApplicationLoadBalancer(stack, 'Internal', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    const origin = Origin.loadBalancer(internal);
    const refresh = { everything: true, mode: PurgeMode.REFRESH };
    const originSecret = new secretsmanager.Secret(stack, 'Secret');

    const without = newSite({ vpc, origin }, stack, 'Without');
    const site = newSite({ vpc, origin, originSecret }, stack);

    expect(() => without.purgeOnDeploy(refresh)).not.toThrow();
    expect(() => site.purgeOnDeploy(refresh)).toThrow(
      'mode must be PurgeMode.DELETE, got: PurgeMode.REFRESH: functions in isolated subnets cannot reach Secrets Manager, where originSecret is',
    );
    expect(JSON.stringify(propertiesOf(templateOf(site), 'AWS::Lambda::Function'))).not.toContain('SECRET');
  });

  test.each(['Host', 'authorization', 'Cookie', 'X-Forwarded-For', 'Content-Length', 'X Secret', ''])(
    'fails in the header %j',
    (originSecretHeader) => {
      expect(() => siteWithSecret({ egress: false, originSecretHeader })).toThrow(
        `Shop/Site: originSecretHeader must be a header's name of letters, digits and -, which requests do not have otherwise, got: '${originSecretHeader}'`,
      );
    },
  );

  test('fails for a header without a secret', () => {
    expect(() => newSite({ originSecretHeader: 'X-From-Cache' })).toThrow(
      "Shop/Site: originSecretHeader must be left out where there is no originSecret, got: 'X-From-Cache'",
    );
  });
});
