import { Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type CloudFrontAccess, type NginxMemcacheSiteProps } from '../../lib/index';
import { newApp, newSite, newStack, propertiesOf, siteDocuments, siteTemplate, templateOf } from './site-template';

const ID = 'pl-3b927c52';

function siteBehindCloudFront(access: Partial<CloudFrontAccess> = {}, props: Partial<NginxMemcacheSiteProps> = {}) {
  const stack = newStack();
  const prefixList = ec2.PrefixList.fromPrefixListId(stack, 'CloudFront', ID);
  const secret = new secretsmanager.Secret(stack, 'Secret');
  const certificate = acm.Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:us-east-1:111111111111:certificate/shop',
  );
  const site = newSite({ certificate, cloudFront: { prefixList, secret, ...access }, ...props }, stack);
  return { site, secret, value: stack.resolve(secret.secretValue.unsafeUnwrap()) as unknown };
}

interface Rule {
  readonly GroupId: unknown;
  readonly FromPort: number;
  readonly SourcePrefixListId?: string;
}

/** Who may connect to the load balancer: addresses that stand in its group, and rules that name it. */
function doors(site: ReturnType<typeof newSite>, template: Template): unknown[] {
  const stack = Stack.of(site);
  const [group] = site.loadBalancer.connections.securityGroups;
  const id = stack.resolve(group?.securityGroupId) as { 'Fn::GetAtt': [string, string] };
  const own = template.findResources('AWS::EC2::SecurityGroup')[id['Fn::GetAtt'][0]] as {
    Properties: { SecurityGroupIngress?: { CidrIp: string; FromPort: number }[] };
  };
  const rules = propertiesOf<Rule>(template, 'AWS::EC2::SecurityGroupIngress').filter(
    ({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(id),
  );
  return [
    ...(own.Properties.SecurityGroupIngress ?? []).map(({ CidrIp, FromPort }) => [CidrIp, FromPort]),
    ...rules.map(({ SourcePrefixListId, FromPort }) => [SourcePrefixListId, FromPort]),
  ];
}

describe('a site behind CloudFront', () => {
  test('lets in CloudFront and nobody else, at one port: the list takes 55 of the 60 rules of a group', () => {
    const { site } = siteBehindCloudFront();

    expect(doors(site, templateOf(site))).toEqual([[ID, 443]]);
    templateOf(site).resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
  });

  test('lets it in at the port for http where there is no certificate', () => {
    const { site } = siteBehindCloudFront({}, { certificate: undefined });

    expect(doors(site, templateOf(site))).toEqual([[ID, 80]]);
  });

  test('answers only requests that carry the secret, whose value is in no template', () => {
    const { site, value } = siteBehindCloudFront();
    const template = templateOf(site);

    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '403' }) }],
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 1,
      Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Origin-Verify', Values: [value] } }],
      Actions: [Match.objectLike({ Type: 'forward' })],
    });
    expect(JSON.stringify(value)).toContain('{{resolve:secretsmanager:');
  });

  test('takes the secret before, too, and another header', () => {
    const stack = newStack();
    const [secret, previousSecret] = ['New', 'Old'].map((id) => new secretsmanager.Secret(stack, id)) as [
      secretsmanager.Secret,
      secretsmanager.Secret,
    ];
    const prefixList = ec2.PrefixList.fromPrefixListId(stack, 'CloudFront', ID);

    const site = newSite({ cloudFront: { prefixList, secret, previousSecret, secretHeader: 'X-From-Shop' } }, stack);

    const values = [secret, previousSecret].map((one) => stack.resolve(one.secretValue.unsafeUnwrap()) as unknown);
    templateOf(site).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [Match.objectLike({ HttpHeaderConfig: { HttpHeaderName: 'X-From-Shop', Values: values } })],
    });
  });

  test('believes what CloudFront says of the visitor’s scheme, before what other proxies say', () => {
    const { site } = siteBehindCloudFront({}, { schemeHeaders: [{ name: 'X-Forwarded-SSL', value: 'on' }] });

    const documents = Object.values(siteDocuments(site)) as { scheme: unknown }[];

    expect(documents.length).toBeGreaterThan(1);
    for (const { scheme } of documents) {
      expect(scheme).toEqual({
        headers: [
          { name: 'CloudFront-Forwarded-Proto', value: 'https' },
          { name: 'X-Forwarded-SSL', value: 'on' },
        ],
      });
    }
  });

  test('takes a prefix list that CDK has not looked up yet: it does so when the app has run without an error', () => {
    const stack = new Stack(newApp(), 'Shop', { env: { account: '111111111111', region: 'eu-central-1' } });
    const name = { prefixListName: 'com.amazonaws.global.cloudfront.origin-facing' };
    const prefixList = ec2.PrefixList.fromLookup(stack, 'CloudFront', name);
    const secret = new secretsmanager.Secret(stack, 'Secret');

    expect(() => newSite({ cloudFront: { prefixList, secret } }, stack)).not.toThrow();
  });

  test('is scaled and checked as any other', () => {
    const { site } = siteBehindCloudFront({}, { scaling: { maxTasks: 4 } });
    const template = templateOf(site);

    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPort: '8081' });
    template.hasResource('AWS::ECS::Service', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('ListenerNginxRule')]),
    });
  });

  test.each<[Partial<CloudFrontAccess>, string]>([
    [
      { prefixList: ec2.PrefixList.fromPrefixListId(newStack(), 'Name', 'com.amazonaws.global.cloudfront') },
      "cloudFront.prefixList must have an ID such as pl-3b927c52, got: 'com.amazonaws.global.cloudfront'",
    ],
    ...['Host', 'X Secret', 'X-Forwarded-For', 'X-Amz-Verify', 'X-Edge-Verify', 'X'.repeat(41), ''].map(
      (secretHeader): [Partial<CloudFrontAccess>, string] => [
        { secretHeader },
        `cloudFront.secretHeader must be a header's name of letters, digits and -, 40 at most, which requests do not have otherwise, got: '${secretHeader}'`,
      ],
    ),
  ])('fails for bad access (%#)', (access, message) => {
    expect(() => siteBehindCloudFront(access)).toThrow(`Shop/Site: ${message}`);
  });

  test('fails for a header that says the scheme twice', () => {
    const schemeHeaders = [{ name: 'cloudfront-forwarded-proto', value: 'https' }];

    expect(() => siteBehindCloudFront({}, { schemeHeaders })).toThrow(
      'scheme.headers: must not name a header twice, got',
    );
  });
});

test('a site that visitors come to itself believes the load balancer alone, and is open to them', () => {
  const site = newSite();
  const template = templateOf(site);

  expect(doors(site, template)).toEqual([['0.0.0.0/0', 80]]);
  siteTemplate().resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 0);
  expect(Object.values(siteDocuments(site))[0]).toMatchObject({ scheme: { headers: [] } });
});

test('the distribution of docs/cloudfront.md reaches the site by its secret', () => {
  const { site, secret, value } = siteBehindCloudFront();

  new cloudfront.Distribution(Stack.of(site), 'Distribution', {
    defaultBehavior: {
      origin: new origins.LoadBalancerV2Origin(site.loadBalancer, {
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        customHeaders: { 'X-Origin-Verify': secret.secretValue.unsafeUnwrap() },
      }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
    },
  });

  templateOf(site).hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      Origins: [Match.objectLike({ OriginCustomHeaders: [{ HeaderName: 'X-Origin-Verify', HeaderValue: value }] })],
    }),
  });
});
