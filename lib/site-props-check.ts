import type { Construct } from 'constructs';
import { checkLoadBalancer } from './load-balancer';
import type { NginxMemcacheSiteProps } from './nginx-memcache-site-props';
import { checkImage } from './tier-image';

/** Refuses props that cannot be meant together. @throws Error naming the site, both props and what to do. */
export function checkSiteProps(site: Construct, props: NginxMemcacheSiteProps): void {
  const { enabled, observeOnly, cluster, vpc, fill, purgeOnUnsafeRequests } = props;
  if (enabled === false && observeOnly === true) {
    throw new Error(
      `${site.node.path}: enabled: false and observeOnly: true contradict each other: without a cache there is nothing to observe`,
    );
  }
  if (vpc !== undefined && cluster !== undefined && cluster.vpc.vpcId !== vpc.vpcId) {
    throw new Error(
      `${site.node.path}: vpc and cluster contradict each other: the cluster is in ${cluster.vpc.node.path}; leave vpc out, or give a cluster in ${vpc.node.path}`,
    );
  }
  if (fill?._function !== undefined && purgeOnUnsafeRequests === true) {
    throw new Error(
      `${site.node.path}: Fill.function() and purgeOnUnsafeRequests contradict each other: what purges after an unsafe request is beside nginx, and bodies of any size go through it; use Fill.sidecar()`,
    );
  }
  checkLoadBalancer(site, props);
  checkImage(site.node.path, props);
}
