import { Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin } from 'nginx-memcache-site';

/** The names of what is there already. */
export interface CloudFrontStackProps extends StackProps {
  /** The host that visitors ask for. */
  readonly host: string;
  /** The ARN of its certificate in us-east-1, for the distribution. */
  readonly distributionCertificateArn: string;
  /** The ARN of its certificate in the stack's region, for the load balancer. */
  readonly siteCertificateArn: string;
}

/**
 * CloudFront before the site: it caches what `Cache-Control` allows, the site what `CDN-Cache-Control` allows, and a purge
 * removes both, the site's first. The load balancer answers the distribution and nobody else. See docs/cloudfront.md.
 */
export class CloudFrontStack extends Stack {
  public constructor(scope: Construct, id: string, props: CloudFrontStackProps) {
    super(scope, id, props);
    const { host, distributionCertificateArn, siteCertificateArn } = props;
    const secret = new secretsmanager.Secret(this, 'FromCloudFront', {
      generateSecretString: { excludePunctuation: true, passwordLength: 64 },
    });
    const prefixListName = 'com.amazonaws.global.cloudfront.origin-facing';
    const prefixList = ec2.PrefixList.fromLookup(this, 'CloudFront', { prefixListName });
    const site = new NginxMemcacheSite(this, 'Site', {
      origin: Origin.http('https://shop.internal.example'),
      certificate: acm.Certificate.fromCertificateArn(this, 'SiteCertificate', siteCertificateArn),
      hosts: [host],
      cloudFront: { prefixList, secret },
    });

    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      domainNames: [host],
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', distributionCertificateArn),
      defaultBehavior: {
        origin: new origins.LoadBalancerV2Origin(site.loadBalancer, {
          protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
          customHeaders: { 'X-Origin-Verify': secret.secretValue.unsafeUnwrap() },
        }),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
      },
    });
    site.purgeCloudFront(distribution, { maxPathsPerMonth: 2000 });
  }
}
