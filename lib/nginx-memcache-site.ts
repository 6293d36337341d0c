import { CustomResource, Names } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Fill } from './fill';
import { checkLoadBalancer, createListener, createLoadBalancer } from './load-balancer';
import { NginxTier, type NginxTierProps } from './nginx-tier';
import { PageCache, type PageCacheBinding } from './page-cache';
import { originSecretOf } from './origin-secret';
import { PageIndex, PageIndexing } from './page-index';
import { PagePurger } from './page-purger';
import { PageWriter } from './page-writer';
import type { PurgeOnDeployOptions } from './purge-options';
import type { PurgeSelection } from './purge-selection';
import { PurgeableSite } from './purgeable-site';
import type { NginxMemcacheSiteProps } from './nginx-memcache-site-props';
import type { SiteConfig } from './site/site-config';
import { siteConfigFromProps } from './site-config-props';
import type { SiteFunctionProps } from './site-function';
import { newVpc } from './site-vpc';
import { TierArchitecture } from './tier-architecture';
import { TierCapacity } from './tier-capacity';
import { checkImage } from './tier-image';
import { taskCountOf } from './tier-scaling';

// What the tasks and the functions all know.
type SharedProps = SiteFunctionProps & Pick<NginxTierProps, 'origin' | 'originSecret'>;

/**
 * A page cache in front of a web application: nginx on ECS answers straight from Memcached; a writer beside it stores what
 * may be shared; functions push and purge pages; an Application Load Balancer stands before it all.
 */
export class NginxMemcacheSite extends PurgeableSite {
  /** The VPC of everything. */
  public readonly vpc: ec2.IVpc;
  /** Where visitors come in. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** The listener that answers them: TLS where there is a certificate. */
  public readonly listener: elbv2.ApplicationListener;
  /** nginx and the writer. */
  public readonly tier: NginxTier;
  /** The index of stored pages. */
  public readonly pageIndex: PageIndex;
  /** The functions that purge. */
  public readonly purger: PagePurger;
  /** The function that stores pushed pages. */
  public readonly writer: PageWriter;
  /** The security groups of the Memcached nodes, with their port. */
  public readonly cacheConnections: ec2.Connections;

  public constructor(scope: Construct, id: string, props: NginxMemcacheSiteProps) {
    super(scope, id);
    this.checkProps(props);
    const originSecret = originSecretOf(this.node.path, props.originSecret, props.originSecretHeader);
    const siteConfig = siteConfigFromProps(this.node.path, props.siteName ?? this.siteNameFromPath(), props);
    const siteDocument = JSON.stringify(siteConfig, undefined, 2);

    this.vpc = props.vpc ?? props.cluster?.vpc ?? newVpc(this, props.tier?._platform.needsPrivateSubnets ?? false);
    this.pageIndex = new PageIndex(this, 'PageIndex');
    const cache = this.createCache(props, siteConfig);
    this.cacheConnections = cache.connections;
    const origin = props.origin.bind(this);
    const shared = { siteDocument, vpc: this.vpc, cache, pageIndex: this.pageIndex, origin, originSecret };

    this.tier = this.createTier(props, shared);
    this.loadBalancer = createLoadBalancer(this, this.vpc, props);
    this.listener = createListener(this.loadBalancer, this.tier, props);
    this.purger = new PagePurger(this, 'Purger', {
      ...shared,
      index: props.index ?? PageIndexing.FULL,
      flushOnPurge: props.flushOnPurge ?? false,
      functionName: props.purgeFunctionName,
    });
    this.writer = new PageWriter(this, 'Writer', shared);
  }

  /** The ECS service of nginx and the writer. */
  public get service(): ecs.BaseService {
    return this.tier.service;
  }

  /** The function that stores pushed pages. */
  public get writeFunction(): lambda.IFunction {
    return this.writer.handler;
  }

  /**
   * Purges pages at the end of every deployment of this stack, when the new tasks have taken over. A purge that fails makes
   * the deployment fail. The role that deploys must be allowed to invoke `purgeFunction`, as CDK's own is.
   *
   * @param selection which pages. By default everything.
   * @throws Error for a selection that is empty, or that the site cannot purge, and when called twice.
   */
  public purgeOnDeploy(
    selection: PurgeSelection = { everything: true },
    options: PurgeOnDeployOptions = {},
  ): CustomResource {
    const purge = this.purger.events.purgeOnDeploy(selection, options);
    // The old tasks could store old pages after it; and all that a purge needs must be there at the first deployment.
    purge.node.addDependency(this.tier, this.vpc, this.pageIndex, this.purger.core);
    purge.node.addDependency(...this.cacheConnections.securityGroups, ...this.purger.core.connections.securityGroups);
    return purge;
  }

  /** Lets somebody push pages: to invoke the write function, and nothing else. */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.writer.grantWrite(grantee);
  }

  private checkProps(props: NginxMemcacheSiteProps): void {
    const { enabled, observeOnly, cluster, vpc } = props;
    if (enabled === false && observeOnly === true) {
      throw new Error(
        `${this.node.path}: enabled: false and observeOnly: true contradict each other: without a cache there is nothing to observe`,
      );
    }
    if (vpc !== undefined && cluster !== undefined && cluster.vpc.vpcId !== vpc.vpcId) {
      throw new Error(
        `${this.node.path}: vpc and cluster contradict each other: the cluster is in ${cluster.vpc.node.path}; leave vpc out, or give a cluster in ${vpc.node.path}`,
      );
    }
    checkLoadBalancer(this, props);
    checkImage(this.node.path, props);
  }

  private siteNameFromPath(): string {
    return `s${Names.uniqueResourceName(this, { maxLength: 31 })
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '')}`;
  }

  private createCache(
    { cache = PageCache.cluster() }: NginxMemcacheSiteProps,
    { limits }: SiteConfig,
  ): PageCacheBinding {
    return cache.bind(new Construct(this, 'PageCache'), {
      vpc: this.vpc,
      largestItem: limits.pageSize + limits.headSize,
    });
  }

  private createTier(props: NginxMemcacheSiteProps, shared: SharedProps): NginxTier {
    const { tier: capacity = TierCapacity.fargate(), architecture = TierArchitecture.ARM_64, cluster } = props;
    const { fill = Fill.sidecar(), cpu = 256, memoryLimitMiB = 1024, imageBase, packagesOf } = props;
    const { desiredCount, scaling } = props;
    return new NginxTier(this, 'Tier', {
      ...shared,
      ...{ capacity, architecture, cluster, fill, cpu, memoryLimitMiB, imageBase, packagesOf, scaling },
      taskCount: taskCountOf(this.node.path, desiredCount, scaling),
    });
  }
}
