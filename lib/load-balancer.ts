import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { admitCloudFront, checkCloudFrontAccess, fromCloudFront, refusal } from './cloud-front-access';
import { NginxTier } from './nginx-tier';
import type { SiteNetworkProps } from './site-network-props';

/** For how long a task that is about to stop is still sent what was on its way; nginx finishes what it has begun. */
export const DEREGISTRATION_DELAY = Duration.seconds(30);

/**
 * Checks what the load balancer is told.
 *
 * @throws Error for requests that would be smuggled, a region that is not known, an ACL of CloudFront, and bad access.
 */
export function checkLoadBalancer(scope: Construct, props: SiteNetworkProps): void {
  const { desyncMitigation, accessLogs, webAclArn, cloudFront } = props;
  const where = scope.node.path;
  if (desyncMitigation === elbv2.DesyncMitigationMode.MONITOR) {
    throw new Error(
      `${where}: desyncMitigation must be DEFENSIVE or STRICTEST, got: MONITOR, which lets requests through that nginx and the application may read differently`,
    );
  }
  if (accessLogs !== undefined && Token.isUnresolved(Stack.of(scope).region)) {
    throw new Error(
      `${where}: accessLogs needs a stack whose region is known, because who may write them depends on it: give the stack env: { region: '…' }`,
    );
  }
  if (webAclArn !== undefined && !Token.isUnresolved(webAclArn)) {
    if (!/^arn:[^:]+:wafv2:[^:]+:\d{12}:regional\/webacl\/.+$/.test(webAclArn)) {
      throw new Error(
        `${where}: webAclArn must be the ARN of a regional web ACL of AWS WAF (arn:aws:wafv2:…:regional/webacl/…), got: '${webAclArn}'`,
      );
    }
  }
  if (cloudFront !== undefined) {
    checkCloudFrontAccess(where, cloudFront);
  }
}

/** Makes the load balancer, which visitors alone reach. */
export function createLoadBalancer(
  scope: Construct,
  vpc: ec2.IVpc,
  props: SiteNetworkProps,
): elbv2.ApplicationLoadBalancer {
  const { desyncMitigation = elbv2.DesyncMitigationMode.DEFENSIVE, accessLogs, webAclArn } = props;
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    internetFacing: true,
    // Names that some servers read as others: `X_Forwarded_Proto`.
    dropInvalidHeaderFields: true,
    desyncMitigationMode: desyncMitigation,
    // The default: the visitor's address comes last, after whatever the visitor wrote.
    xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
    // The default. nginx keeps connections for 75 s: one that it closed first would cost a request, which is answered with 502.
    idleTimeout: Duration.seconds(60),
  });
  if (accessLogs !== undefined) {
    loadBalancer.logAccessLogs(accessLogs.bucket, accessLogs.prefix);
  } else {
    acknowledge(
      loadBalancer,
      'ELB2',
      "Access logs need a bucket whose retention and readers are the user's to choose: the site has them with its accessLogs prop.",
    );
  }
  if (props.cloudFront === undefined) {
    acknowledge(
      loadBalancer,
      'EC23',
      "It is a public website's load balancer, open at its listeners' ports (80, and 443 with a certificate) and no others. With the cloudFront prop it admits CloudFront only.",
    );
  }
  if (webAclArn !== undefined) {
    new wafv2.CfnWebACLAssociation(scope, 'WebAcl', { resourceArn: loadBalancer.loadBalancerArn, webAclArn });
  }
  return loadBalancer;
}

/** Makes the listener that visitors, or CloudFront, talk to, and sends what it hears to the tasks. */
export function createListener(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  tier: NginxTier,
  { certificate, cloudFront }: SiteNetworkProps,
): elbv2.ApplicationListener {
  const secure = certificate !== undefined;
  // CloudFront redirects by itself; and a second port would be too much for a security group.
  if (secure && cloudFront === undefined) {
    loadBalancer.addRedirect();
  }
  const listener = loadBalancer.addListener('Listener', {
    protocol: secure ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
    certificates: secure ? [certificate] : undefined,
    // What AWS recommends; CDK's RECOMMENDED_TLS is of 2021, and has CBC ciphers.
    sslPolicy: secure ? elbv2.SslPolicy.TLS13_12_RES_PQ : undefined,
    open: cloudFront === undefined,
    defaultAction: cloudFront && refusal(),
  });
  if (cloudFront !== undefined) {
    admitCloudFront(listener, cloudFront);
  }
  const { service } = tier;
  const targetGroup = listener.addTargets('Nginx', {
    ...(cloudFront && fromCloudFront(cloudFront)),
    port: NginxTier.PORT,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targets: [service.loadBalancerTarget({ containerName: 'nginx', containerPort: NginxTier.PORT })],
    deregistrationDelay: DEREGISTRATION_DELAY,
    healthCheck: {
      port: String(NginxTier.STATUS_PORT),
      path: '/health',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
    },
  });
  service.connections.allowFrom(loadBalancer, ec2.Port.tcp(NginxTier.STATUS_PORT), 'health checks');
  tier._balance(targetGroup);
  return listener;
}
