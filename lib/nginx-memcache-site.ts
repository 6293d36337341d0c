import { CustomResource, Names } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ConnectableSite } from './connectable-site';
import { Fill } from './fill';
import { FillFunction } from './fill-function';
import { createListener, createLoadBalancer } from './load-balancer';
import { NginxTier, type NginxTierProps } from './nginx-tier';
import { PageCache } from './page-cache';
import type { BoundCache } from './page-cache-shared';
import { originSecretOf } from './origin-secret';
import { checkPageFormat } from './page-format-check';
import { PageIndex, PageIndexing } from './page-index';
import { PageInspector } from './page-inspector';
import { PagePurger } from './page-purger';
import { PageWarmer, type PageWarmerProps } from './page-warmer';
import { PageWriter } from './page-writer';
import { pagesEnvironment } from './pages-access';
import type { PurgeOnDeployOptions } from './purge-options';
import type { PurgeSelection } from './purge-selection';
import type { NginxMemcacheSiteProps } from './nginx-memcache-site-props';
import type { SiteConfig } from './site/site-config';
import { siteConfigFromProps } from './site-config-props';
import type { SiteFunctionProps } from './site-function';
import { logEnvironment } from './site-log-props';
import { SiteOutput } from './site-output';
import { checkSiteProps } from './site-props-check';
import { newVpc } from './site-vpc';
import { TierArchitecture } from './tier-architecture';
import { TierCapacity } from './tier-capacity';
import { taskCountOf } from './tier-scaling';
import { variantKeysOf } from './variant-keys';
import { valuesEnvironment } from './values-access';
import type { WarmOnDeployOptions, WarmSelection } from './warm-selection';

// What the tasks and the functions all know.
type SharedProps = SiteFunctionProps & Pick<NginxTierProps, 'origin' | 'originSecret' | 'variantKeys'>;

/**
 * A page cache in front of a web application: nginx on ECS answers straight from Memcached; a writer beside it stores what
 * may be shared; functions push and purge pages; an Application Load Balancer stands before it all.
 */
export class NginxMemcacheSite extends ConnectableSite implements ec2.IConnectable {
  public readonly siteName: string;
  /** The VPC of everything. */
  public readonly vpc: ec2.IVpc;
  /** Where visitors come in. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** The listener that answers them: TLS where there is a certificate. */
  public readonly listener: elbv2.ApplicationListener;
  public readonly tier: NginxTier;
  /** What renders missed pages, with `Fill.function()`. */
  public readonly fillFunction?: FillFunction;
  /** The index of stored pages. */
  public readonly pageIndex: PageIndex;
  public readonly inspector: PageInspector;
  /** The functions that purge. */
  public readonly purger: PagePurger;
  /** The function that stores pushed pages. */
  public readonly writer: PageWriter;
  public readonly cacheConnections: ec2.Connections;
  public readonly valuesEnvironment: { [name: string]: string };
  public readonly pagesEnvironment: { [name: string]: string };
  /** @internal */
  public readonly _boundCache: BoundCache;

  protected readonly hasOwnPages: boolean;
  protected readonly showsTags: boolean;
  protected readonly cacheClusterId?: string;
  protected readonly hasMetrics: boolean;
  private readonly warmerProps: PageWarmerProps;
  private readonly output: SiteOutput;
  private readonly onDeploy: { purge?: CustomResource; warm?: CustomResource } = {};

  public constructor(scope: Construct, id: string, props: NginxMemcacheSiteProps) {
    super(scope, id);
    checkSiteProps(this, props);
    const originSecret = originSecretOf(this.node.path, props.originSecret, props.originSecretHeader);
    const siteConfig = siteConfigFromProps(this.node.path, props.siteName ?? this.siteNameFromPath(), props);
    const siteDocument = JSON.stringify(siteConfig, undefined, 2);
    this.siteName = siteConfig.site;

    this.vpc = props.vpc ?? props.cluster?.vpc ?? newVpc(this, props.tier?._platform.needsPrivateSubnets ?? false);
    this.pageIndex = new PageIndex(this, 'PageIndex');
    this._boundCache = this.bindCache(props, siteConfig);
    const { binding: cache } = this._boundCache;
    this.cacheConnections = cache.connections;
    this.cacheClusterId = cache.clusterId;
    this.hasMetrics = props.metrics ?? true;
    this.valuesEnvironment = valuesEnvironment(this, siteConfig.site, cache);
    this.pagesEnvironment = {
      ...this.valuesEnvironment,
      ...pagesEnvironment(this.pageIndex),
      NMS_SITE_DOCUMENT: JSON.stringify(siteConfig),
    };
    const origin = props.origin.bind(this, { vpc: this.vpc });
    checkPageFormat(this.node.path, props, siteConfig, origin);
    const variantKeys = variantKeysOf(props.variants);
    const stores = { vpc: this.vpc, cache, pageIndex: this.pageIndex };
    const shared = { siteDocument, ...stores, origin, originSecret, variantKeys, metrics: props.metrics };

    this.fillFunction = this.createFillFunction(props, shared, siteConfig);
    this.tier = this.createTier(props, shared);
    this.loadBalancer = createLoadBalancer(this, this.vpc, props);
    this.listener = createListener(this.loadBalancer, this.tier, props);
    const index = siteConfig.purging.index === 'none' ? PageIndexing.NONE : PageIndexing.FULL;
    this.purger = new PagePurger(this, 'Purger', {
      ...shared,
      index,
      flushOnPurge: props.flushOnPurge ?? false,
      hosts: siteConfig.hosts,
      functionName: props.purgeFunctionName,
    });
    const applicationStores = siteConfig.compatibility !== undefined;
    const { hosts } = siteConfig;
    const { maxTtl } = siteConfig.storage;
    this.writer = new PageWriter(this, 'Writer', { ...shared, hosts, maxTtl, applicationStores });
    this.warmerProps = { ...shared, index, siteName: siteConfig.site, hosts };
    this.hasOwnPages = !applicationStores;
    this.showsTags = siteConfig.tags.keepHeaders;
    this.inspector = new PageInspector(this, 'Inspector', shared);
    this.output = new SiteOutput(this, {
      siteName: siteConfig.site,
      inspectFunction: this.inspector.handler.functionName,
      purgeFunction: this.purger.events.handler.functionName,
      writeFunction: this.writer.handler.functionName,
      table: this.pageIndex.table.tableName,
      loadBalancer: this.loadBalancer.loadBalancerDnsName,
      cluster: cache.clusterId,
    });
  }

  /**
   * The load balancer's security groups, with the port of `listener`: `service.connections.allowToDefaultPort(site)` lets one's
   * own go out to the site.
   */
  public get connections(): ec2.Connections {
    return this.listener.connections;
  }

  /** The ECS service of nginx and the writer. */
  public get service(): ecs.BaseService {
    return this.tier.service;
  }

  /**
   * Purges pages at the end of every deployment of this stack, when the new tasks have taken over, and with `Origin.service()`
   * and `Origin.function()` the new application, too; what else must come first is for `node.addDependency()` of what this
   * answers. A purge that fails makes the deployment fail. The role that deploys must be allowed to invoke `purgeFunction`, as
   * CDK's own is.
   *
   * @param selection which pages. By default everything.
   * @throws Error for a selection that is empty, or that the site cannot purge, and when called twice.
   */
  public purgeOnDeploy(
    selection: PurgeSelection = { everything: true },
    options: PurgeOnDeployOptions = {},
  ): CustomResource {
    const purge = this.purger.events.purgeOnDeploy(selection, options);
    this.runLast(purge, this.purger.core);
    this.onDeploy.purge = purge;
    this.onDeploy.warm?.node.addDependency(purge);
    return purge;
  }

  /**
   * Warms pages at the end of every deployment of this stack, when the new tasks have taken over and after what
   * `purgeOnDeploy` purges. The deployment does not wait for it: it ends when the warm has begun.
   *
   * @throws Error for a selection that is empty, or not of the site, and when called twice.
   */
  public warmOnDeploy(selection: WarmSelection, options: WarmOnDeployOptions = {}): CustomResource {
    const warm = this.warmer.warmOnDeploy(selection, options);
    this.runLast(warm, this.warmer.core);
    this.onDeploy.warm = warm;
    if (this.onDeploy.purge !== undefined) warm.node.addDependency(this.onDeploy.purge);
    return warm;
  }

  protected createWarmer(): PageWarmer {
    if (!this.hasOwnPages) {
      throw new Error(
        `${this.node.path}: pages cannot be warmed: the application stores the pages of this site itself (pageFormat)`,
      );
    }
    const warmer = new PageWarmer(this, 'Warmer', this.warmerProps);
    this.output.addWarmFunction(warmer.handler.functionName);
    return warmer;
  }

  // The old tasks could store old pages after it; and all that the function needs must be there at the first deployment.
  private runLast(resource: CustomResource, core: lambda.Function): void {
    resource.node.addDependency(this.tier, this.vpc, this.pageIndex, core);
    resource.node.addDependency(...this.cacheConnections.securityGroups, ...core.connections.securityGroups);
  }

  private siteNameFromPath(): string {
    return `s${Names.uniqueResourceName(this, { maxLength: 31 })
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '')}`;
  }

  private bindCache(
    { cache = PageCache.cluster(), flushOnPurge = false }: NginxMemcacheSiteProps,
    { limits }: SiteConfig,
  ): BoundCache {
    const largestItem = limits.pageSize + limits.headSize;
    const options = { vpc: this.vpc, siteName: this.siteName, largestItem, flushOnPurge };
    return { binding: cache.bind(new Construct(this, 'PageCache'), options), options };
  }

  private createFillFunction(
    { fill }: NginxMemcacheSiteProps,
    shared: SharedProps,
    { limits }: SiteConfig,
  ): FillFunction | undefined {
    const options = fill?._function;
    return options && new FillFunction(this, 'Fill', { ...shared, options, fillDeadline: limits.fillDeadline });
  }

  private createTier(props: NginxMemcacheSiteProps, shared: SharedProps): NginxTier {
    const { tier: capacity = TierCapacity.fargate(), architecture = TierArchitecture.ARM_64, cluster } = props;
    const { fill = Fill.sidecar(), cpu = 256, memoryLimitMiB = 1024, imageBase, packagesOf } = props;
    const { desiredCount, scaling } = props;
    return new NginxTier(this, 'Tier', {
      ...shared,
      fillFunction: this.fillFunction,
      ...{ capacity, architecture, cluster, fill, cpu, memoryLimitMiB, imageBase, packagesOf, scaling },
      logEnvironment: logEnvironment(this.node.path, props),
      taskCount: taskCountOf(this.node.path, desiredCount, scaling),
    });
  }
}
