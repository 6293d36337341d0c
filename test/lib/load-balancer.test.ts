import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Match } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApp, newSite, newStack, propertiesOf, siteTemplate, templateOf } from './site-template';

interface Attributes {
  readonly LoadBalancerAttributes: { readonly Key: string; readonly Value: string }[];
}

/** What the load balancer of a site is told besides its network. */
function attributesOf(template = siteTemplate()): Record<string, string> {
  const [balancer] = propertiesOf<Attributes>(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  return Object.fromEntries(balancer?.LoadBalancerAttributes.map(({ Key, Value }) => [Key, Value]) ?? []);
}

describe('listeners', () => {
  test('a certificate gives TLS with a current policy, and http is redirected to it', () => {
    const stack = newStack();
    const arn = 'arn:aws:acm:us-east-1:111111111111:certificate/shop';
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);

    const template = templateOf(newSite({ certificate }, stack));

    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: arn }],
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      DefaultActions: [Match.objectLike({ Type: 'forward' })],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  test('without a certificate there is one listener, for http', () => {
    const template = siteTemplate();

    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
  });
});

describe('the load balancer', () => {
  test('refuses ambiguous requests and bad header names, and adds the address of the visitor to those before', () => {
    expect(attributesOf()).toMatchObject({
      'routing.http.desync_mitigation_mode': 'defensive',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.xff_header_processing.mode': 'append',
    });
  });

  test('can be stricter, but not laxer', () => {
    const { STRICTEST, MONITOR } = elbv2.DesyncMitigationMode;

    expect(attributesOf(siteTemplate({ desyncMitigation: STRICTEST }))).toMatchObject({
      'routing.http.desync_mitigation_mode': 'strictest',
    });
    expect(() => newSite({ desyncMitigation: MONITOR })).toThrow(
      'Shop/Site: desyncMitigation must be DEFENSIVE or STRICTEST, got: MONITOR',
    );
  });

  test('closes an idle connection before nginx does, which would cost a request', () => {
    const nginx = readFileSync(join(__dirname, '..', '..', 'nginx', 'nginx.conf'), 'utf8');
    const [, keptAlive] = /^\s*keepalive_timeout (\d+)s;/m.exec(nginx) ?? [];

    expect(Number(attributesOf()['idle_timeout.timeout_seconds'])).toBeLessThan(Number(keptAlive));
  });

  test('logs no requests, and asks no firewall, unless it is told to', () => {
    expect(attributesOf()).not.toHaveProperty(['access_logs.s3.enabled']);
    siteTemplate().resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  });

  test('logs requests into a bucket', () => {
    const stack = new Stack(newApp(), 'Shop', { env: { account: '111111111111', region: 'eu-central-1' } });
    const bucket = new s3.Bucket(stack, 'Logs', { removalPolicy: RemovalPolicy.DESTROY, enforceSSL: true });

    const template = templateOf(newSite({ accessLogs: { bucket, prefix: 'shop' } }, stack));

    expect(attributesOf(template)).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': stack.resolve(bucket.bucketName) as unknown,
      'access_logs.s3.prefix': 'shop',
    });
  });

  test('fails to log requests where the region is not known', () => {
    const stack = newStack();
    const bucket = s3.Bucket.fromBucketName(stack, 'Logs', 'logs');

    expect(() => newSite({ accessLogs: { bucket } }, stack)).toThrow(
      "Shop/Site: accessLogs needs a stack whose region is known, because who may write them depends on it: give the stack env: { region: '…' }",
    );
  });

  test('asks a firewall', () => {
    const webAclArn = 'arn:aws:wafv2:us-east-1:111111111111:regional/webacl/shop/0b1c';
    const site = newSite({ webAclArn });

    templateOf(site).hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: Stack.of(site).resolve(site.loadBalancer.loadBalancerArn) as unknown,
      WebACLArn: webAclArn,
    });
  });

  test.each(['arn:aws:wafv2:us-east-1:111111111111:global/webacl/shop/0b1c', 'shop'])(
    'fails for the firewall %s, which is of CloudFront or none',
    (webAclArn) => {
      expect(() => newSite({ webAclArn })).toThrow(
        `Shop/Site: webAclArn must be the ARN of a regional web ACL of AWS WAF (arn:aws:wafv2:…:regional/webacl/…), got: '${webAclArn}'`,
      );
    },
  );

  test('asks nginx alone whether it is well, on a port that visitors do not reach', () => {
    siteTemplate().hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      HealthCheckPort: '8081',
      HealthCheckPath: '/health',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
  });
});
