import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { CloudFrontAccess } from './cloud-front-access';

/** Where the load balancer writes a line for each request. */
export interface SiteAccessLogs {
  /** In the site's region, encrypted by S3's own keys: load balancers cannot write with others. */
  readonly bucket: s3.IBucket;
  /**
   * What the names of the logs begin with.
   * @default - nothing
   */
  readonly prefix?: string;
}

/** A header by which a proxy before the load balancer says that a visitor came by https. */
export interface SchemeHeader {
  /** The header's name, of letters, digits and -. */
  readonly name: string;
  /** What it says then, in any case: `on`, `https`. */
  readonly value: string;
}

/** The site's network, and the load balancer through which visitors come in. */
export interface SiteNetworkProps {
  /**
   * The VPC of everything. One without private subnets needs isolated ones and a gateway endpoint for DynamoDB, by which
   * the functions reach the index.
   * @default - the cluster's; without a cluster a new one over two availability zones, with public and isolated subnets and
   * no NAT gateway; for TierCapacity.ec2() with private subnets, too, and a NAT gateway in each availability zone
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The certificate of the site's hosts. With it the load balancer speaks TLS and redirects http to https.
   * @default - plain http
   */
  readonly certificate?: acm.ICertificate;
  /**
   * What the load balancer does with requests that servers may read differently, which is how requests are smuggled: it
   * refuses those that are ambiguous (DEFENSIVE) or not exactly as RFC 7230 says (STRICTEST). MONITOR lets them through and
   * is not taken.
   * @default DesyncMitigationMode.DEFENSIVE
   */
  readonly desyncMitigation?: elbv2.DesyncMitigationMode;
  /**
   * Where the load balancer logs requests. The stack must have a known region.
   * @default - nowhere
   */
  readonly accessLogs?: SiteAccessLogs;
  /**
   * The ARN of the AWS WAF web ACL that the load balancer asks about each request: a regional one.
   * @default - none
   */
  readonly webAclArn?: string;
  /**
   * The CloudFront distribution that stands in front: the load balancer then lets in nobody else, and its word on the visitor's
   * scheme is believed. See docs/cloudfront.md.
   * @default - visitors come to the load balancer itself
   */
  readonly cloudFront?: CloudFrontAccess;
  /**
   * Headers by which proxies of your own, before the load balancer, say that a visitor came by https, such as
   * `X-Forwarded-SSL: on`; four at most. The first that a request has decides, before the load balancer's own
   * `X-Forwarded-Proto`. Whoever reaches the load balancer past those proxies can claim any scheme, and then gets pages of
   * that scheme.
   * @default - none
   */
  readonly schemeHeaders?: SchemeHeader[];
}
