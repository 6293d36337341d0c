import { Size, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin, PageCache } from 'nginx-memcache-site';

/**
 * Two applications, each with a site of its own, on the same cluster and the same Memcached nodes: pages, purges, alarms and
 * costs are apart, and what stands idle is paid once. Hosts of one application need one site only: list them in `hosts`.
 *
 *     new SeveralSitesStack(app, 'Sites');
 */
export class SeveralSitesStack extends Stack {
  public readonly shop: NginxMemcacheSite;
  public readonly blog: NginxMemcacheSite;

  public constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc });

    this.shop = new NginxMemcacheSite(this, 'Shop', {
      cluster,
      origin: Origin.http('https://shop.internal.example'),
      siteName: 'shop',
      hosts: ['www.shop.example', 'www.shop.example.net'],
      cache: PageCache.cluster({ nodes: 2, nodeType: 'cache.t4g.small' }),
      maxPageSize: Size.mebibytes(4),
    });
    this.blog = new NginxMemcacheSite(this, 'Blog', {
      cluster,
      origin: Origin.http('https://blog.internal.example'),
      siteName: 'blog',
      hosts: ['blog.shop.example'],
      cache: PageCache.sharedWith(this.shop),
      desiredCount: 1,
    });
  }
}
