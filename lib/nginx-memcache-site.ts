import { Duration, Names, Size, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Fill } from './fill';
import { NginxTier } from './nginx-tier';
import { Origin } from './origin';
import { PageCache, type PageCacheBinding } from './page-cache';
import { PageIndex } from './page-index';
import { PageVariant, QueryPolicy, SchemePolicy } from './page-key';
import { PagePurger } from './page-purger';
import { PageWriter } from './page-writer';
import type { SiteConfig } from './site/site-config';
import { siteConfigFromProps } from './site-config-props';

/** How long the pages below a path are kept when the origin does not say. */
export interface RouteTtl {
  /** A path, with everything below it: `/items` is never `/items-old`. */
  readonly path: string;
  /** How long. Zero stores nothing. */
  readonly ttl: Duration;
}

/** Properties of a site. */
export interface NginxMemcacheSiteProps {
  /** The application that renders the pages. */
  readonly origin: Origin;

  /**
   * The VPC of everything. One without private subnets needs isolated ones and a gateway endpoint for DynamoDB, by which
   * the functions reach the index.
   * @default - the cluster's; without a cluster a new one over two availability zones, with public and isolated subnets and no NAT gateway
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The ECS cluster of the tasks; it must be in the VPC.
   * @default - a new one
   */
  readonly cluster?: ecs.ICluster;
  /**
   * The certificate of the site's hosts. With it the load balancer speaks TLS and redirects http to https.
   * @default - plain http
   */
  readonly certificate?: acm.ICertificate;
  /**
   * The Memcached nodes.
   * @default - PageCache.cluster()
   */
  readonly cache?: PageCache;
  /**
   * Where missed pages are rendered.
   * @default - Fill.sidecar()
   */
  readonly fill?: Fill;

  /**
   * How many tasks run.
   * @default 2
   */
  readonly desiredCount?: number;
  /**
   * A task's processor units (1024 are one processor).
   * @default 256
   */
  readonly cpu?: number;
  /**
   * A task's memory, in MiB.
   * @default 1024
   */
  readonly memoryLimitMiB?: number;

  /**
   * Whether pages are cached. The same site without it sends every request to the origin.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Whether to decide and log only, and ask the origin for every request: to see what a cache would do.
   * @default false
   */
  readonly observeOnly?: boolean;

  /**
   * The site's name in keys and index rows: lower-case letters, digits and -, beginning with a letter, 32 at most.
   * @default - made from the construct's path
   */
  readonly siteName?: string;
  /**
   * The hosts whose pages are cached; requests for others are answered with 421.
   * @default - every host is taken, each with pages of its own
   */
  readonly hosts?: string[];
  /**
   * Raised by hand to leave every stored page behind.
   * @default 1
   */
  readonly keyVersion?: number;
  /**
   * Which query parameters make another page.
   * @default - all but well-known tracking parameters
   */
  readonly queryPolicy?: QueryPolicy;
  /**
   * Whether http and https share a page.
   * @default SchemePolicy.SEPARATE
   */
  readonly schemePolicy?: SchemePolicy;
  /**
   * Renderings of the same URL that a cookie or a header chooses.
   * @default - one rendering
   */
  readonly variants?: PageVariant[];

  /**
   * Cookies that say nothing about who asks. A request with any other cookie goes to the origin.
   * @default - those of common analytics and consent tools
   */
  readonly harmlessCookies?: string[];
  /**
   * Paths, with everything below them, that always go to the origin.
   * @default - none
   */
  readonly bypassPaths?: string[];
  /**
   * Hosts that always go to the origin.
   * @default - none
   */
  readonly bypassHosts?: string[];

  /**
   * How long a 200 is kept when neither the origin nor a route says.
   * @default Duration.seconds(60)
   */
  readonly defaultTtl?: Duration;
  /**
   * The longest that any page is kept, whatever the origin says.
   * @default Duration.days(1)
   */
  readonly maxTtl?: Duration;
  /**
   * How long pages are kept by path, when the origin does not say.
   * @default - as `defaultTtl` says
   */
  readonly routes?: RouteTtl[];
  /**
   * Headers in `Vary` that are known not to change the page.
   * @default - none: a page that varies by more than the key covers is not stored
   */
  readonly ignoredVary?: string[];
  /**
   * Headers with a constant value that every rendering gets.
   * @default - none
   */
  readonly fillHeaders?: { [name: string]: string };
  /**
   * The largest body that is stored, as it lies in Memcached.
   * @default Size.mebibytes(4)
   */
  readonly maxPageSize?: Size;
}

/**
 * A page cache in front of a web application: nginx on ECS answers straight from Memcached; a writer beside it stores what
 * may be shared; functions push and purge pages; an Application Load Balancer stands before it all.
 */
export class NginxMemcacheSite extends Construct {
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
  /** The function that purges. */
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
    this.tier = this.createTier(props, siteDocument, cache);
    this.loadBalancer = this.createLoadBalancer();
    this.listener = this.createListener(props.certificate);

    const functionProps = { siteDocument, vpc: this.vpc, cache, pageIndex: this.pageIndex };
    this.purger = new PagePurger(this, 'Purger', functionProps);
    this.writer = new PageWriter(this, 'Writer', functionProps);
  }

  /** The ECS service of nginx and the writer. */
  public get service(): ecs.FargateService {
    return this.tier.service;
  }

  /** The function that purges pages. */
  public get purgeFunction(): lambda.IFunction {
    return this.purger.handler;
  }

  /** The function that stores pushed pages. */
  public get writeFunction(): lambda.IFunction {
    return this.writer.handler;
  }

  /** Lets somebody purge pages: to invoke the purge function, and nothing else. */
  public grantPurge(grantee: iam.IGrantable): iam.Grant {
    return this.purger.grantPurge(grantee);
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

  private createTier(props: NginxMemcacheSiteProps, siteDocument: string, cache: PageCacheBinding): NginxTier {
    const { cluster, fill = Fill.sidecar(), desiredCount = 2, cpu = 256, memoryLimitMiB = 1024 } = props;
    return new NginxTier(this, 'Tier', {
      siteDocument,
      vpc: this.vpc,
      cluster: cluster ?? new ecs.Cluster(this, 'Cluster', { vpc: this.vpc }),
      cache,
      pageIndex: this.pageIndex,
      origin: props.origin.bind(this),
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
