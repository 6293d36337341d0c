import { CustomResource, Duration, Names, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Fill } from './fill';
import { NginxTier } from './nginx-tier';
import { PageCache, type PageCacheBinding } from './page-cache';
import type { OriginBinding } from './origin';
import { PageIndex, PageIndexing } from './page-index';
import { PagePurger } from './page-purger';
import { PageWriter } from './page-writer';
import type { PurgeOnDeployOptions } from './purge-options';
import type { PurgeSelection } from './purge-selection';
import { PurgeableSite } from './purgeable-site';
import type { NginxMemcacheSiteProps } from './nginx-memcache-site-props';
import type { SiteConfig } from './site/site-config';
import { siteConfigFromProps } from './site-config-props';

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
    const siteConfig = siteConfigFromProps(this.node.path, props.siteName ?? this.siteNameFromPath(), props);

    const siteDocument = JSON.stringify(siteConfig, undefined, 2);

    this.vpc = props.vpc ?? props.cluster?.vpc ?? this.createVpc();
    this.pageIndex = new PageIndex(this, 'PageIndex');
    const cache = this.createCache(props, siteConfig);
    this.cacheConnections = cache.connections;
    const origin = props.origin.bind(this);
    this.tier = this.createTier(props, siteDocument, cache, origin);
    this.loadBalancer = this.createLoadBalancer();
    this.listener = this.createListener(props.certificate);

    const functionProps = { siteDocument, vpc: this.vpc, cache, pageIndex: this.pageIndex };
    this.purger = new PagePurger(this, 'Purger', {
      ...functionProps,
      origin,
      index: props.index ?? PageIndexing.FULL,
      flushOnPurge: props.flushOnPurge ?? false,
      functionName: props.purgeFunctionName,
    });
    this.writer = new PageWriter(this, 'Writer', functionProps);
  }

  /** The ECS service of nginx and the writer. */
  public get service(): ecs.FargateService {
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

  private checkProps({ enabled, observeOnly, desiredCount, cluster, vpc }: NginxMemcacheSiteProps): void {
    if (enabled === false && observeOnly === true) {
      throw new Error(
        `${this.node.path}: enabled: false and observeOnly: true contradict each other: without a cache there is nothing to observe`,
      );
    }
    if (
      desiredCount !== undefined &&
      !Token.isUnresolved(desiredCount) &&
      (!Number.isInteger(desiredCount) || desiredCount < 1)
    ) {
      throw new Error(`${this.node.path}: desiredCount must be a whole number of at least 1, got: ${desiredCount}`);
    }
    if (vpc !== undefined && cluster !== undefined && cluster.vpc.vpcId !== vpc.vpcId) {
      throw new Error(
        `${this.node.path}: vpc and cluster contradict each other: the cluster is in ${cluster.vpc.node.path}; leave vpc out, or give a cluster in ${vpc.node.path}`,
      );
    }
  }

  private siteNameFromPath(): string {
    return `s${Names.uniqueResourceName(this, { maxLength: 31 })
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '')}`;
  }

  private createVpc(): ec2.Vpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    // Free of charge, and all that the functions need besides Memcached.
    vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
    return vpc;
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

  private createTier(
    props: NginxMemcacheSiteProps,
    siteDocument: string,
    cache: PageCacheBinding,
    origin: OriginBinding,
  ): NginxTier {
    const { cluster, fill = Fill.sidecar(), desiredCount = 2, cpu = 256, memoryLimitMiB = 1024 } = props;
    return new NginxTier(this, 'Tier', {
      siteDocument,
      vpc: this.vpc,
      cluster: cluster ?? new ecs.Cluster(this, 'Cluster', { vpc: this.vpc }),
      cache,
      pageIndex: this.pageIndex,
      origin,
      fill,
      desiredCount,
      cpu,
      memoryLimitMiB,
    });
  }

  private createLoadBalancer(): elbv2.ApplicationLoadBalancer {
    return new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: this.vpc,
      internetFacing: true,
      // Names that some servers read as others: `X_Forwarded_Proto`.
      dropInvalidHeaderFields: true,
    });
  }

  private createListener(certificate?: acm.ICertificate): elbv2.ApplicationListener {
    const secure = certificate !== undefined;
    if (secure) {
      this.loadBalancer.addRedirect();
    }
    const listener = this.loadBalancer.addListener('Listener', {
      protocol: secure ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      certificates: secure ? [certificate] : undefined,
      sslPolicy: secure ? elbv2.SslPolicy.RECOMMENDED_TLS : undefined,
      open: true,
    });
    listener.addTargets('Nginx', {
      port: NginxTier.PORT,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [this.service.loadBalancerTarget({ containerName: 'nginx', containerPort: NginxTier.PORT })],
      // nginx finishes what it has begun; visitors' longest pages are rendered within this.
      deregistrationDelay: Duration.seconds(30),
      healthCheck: {
        port: String(NginxTier.STATUS_PORT),
        path: '/health',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
      },
    });
    this.service.connections.allowFrom(this.loadBalancer, ec2.Port.tcp(NginxTier.STATUS_PORT), 'health checks');
    return listener;
  }
}
