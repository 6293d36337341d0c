import { Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin } from 'nginx-memcache-site';

/** Where the application stands, and how far it has moved. */
export interface ExistingLoadBalancerStackProps extends StackProps {
  /** The name of its VPC. */
  readonly vpcName: string;
  /** The ARN of its load balancer, which has a listener at port 80. */
  readonly loadBalancerArn: string;
  /** The host that visitors ask for, in a zone of Route 53. */
  readonly host: string;
  /** The zone's name. */
  readonly zoneName: string;
  /** How many of a hundred visitors come to the site; the others go to the load balancer as before. 0 takes all back. */
  readonly percentage: number;
  /** Whether to decide and log only: every request then goes to the application. */
  readonly observeOnly: boolean;
}

/**
 * A site before an application that is deployed by something else: it moves in by a weighted DNS record, and nothing of the
 * application is changed. Stacks that look something up need `env` with account and region.
 *
 * 1. `observeOnly: true` and a small percentage: the log says what a cache would have done.
 * 2. `observeOnly: false`, and the percentage in steps to 100.
 */
export class ExistingLoadBalancerStack extends Stack {
  public constructor(scope: Construct, id: string, props: ExistingLoadBalancerStackProps) {
    super(scope, id, props);
    const { vpcName, loadBalancerArn, host: recordName, zoneName, percentage, observeOnly } = props;
    const vpc = ec2.Vpc.fromLookup(this, 'Vpc', { vpcName });
    const application = elbv2.ApplicationLoadBalancer.fromLookup(this, 'Application', { loadBalancerArn });
    const zone = route53.HostedZone.fromLookup(this, 'Zone', { domainName: zoneName });
    const validation = acm.CertificateValidation.fromDns(zone);

    const site = new NginxMemcacheSite(this, 'Site', {
      vpc,
      origin: Origin.loadBalancer(application),
      certificate: new acm.Certificate(this, 'Certificate', { domainName: recordName, validation }),
      hosts: [recordName],
      observeOnly,
    });

    const record = (name: string, balancer: elbv2.IApplicationLoadBalancer, weight: number) =>
      new route53.ARecord(this, name, {
        zone,
        recordName,
        target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(balancer)),
        weight,
        setIdentifier: name,
      });
    record('ToSite', site.loadBalancer, percentage);
    record('ToApplication', application, 100 - percentage);
  }
}
