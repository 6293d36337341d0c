import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';

/** What a site tells its page cache. */
export interface PageCacheBindOptions {
  readonly vpc: ec2.IVpc;
  /** The largest value that must fit, in bytes. */
  readonly largestItem: number;
}

/** How the nodes of a page cache are reached. */
export interface PageCacheBinding {
  /** The configuration endpoint, as `host:port`. */
  readonly endpoint: string;
  /** The nodes' security groups and port. */
  readonly connections: ec2.Connections;
}

/** Options for a Memcached cluster of the site's own. */
export interface PageCacheClusterOptions {
  /**
   * ElastiCache's node type.
   * @default 'cache.t4g.micro'
   */
  readonly nodeType?: string;
  /**
   * How many nodes. They are spread over availability zones.
   * @default 1
   */
  readonly nodes?: number;
}

/**
 * The Memcached nodes that hold the pages.
 *
 * - `PageCache.cluster()`: a new ElastiCache cluster.
 *
 * Others can be written by extending this class.
 */
export abstract class PageCache {
  /** A new ElastiCache for Memcached cluster. */
  public static cluster(options: PageCacheClusterOptions = {}): PageCache {
    const { nodeType = 'cache.t4g.micro', nodes = 1 } = options;
    if (!Token.isUnresolved(nodes) && (!Number.isInteger(nodes) || nodes < 1 || nodes > 60)) {
      throw new Error(`PageCache.cluster: nodes must be a whole number from 1 to 60, got: ${nodes}`);
    }
    if (!Token.isUnresolved(nodeType) && !/^cache\.[a-z0-9]+\.[a-z0-9]+$/.test(nodeType)) {
      throw new Error(`PageCache.cluster: nodeType must be like 'cache.t4g.micro', got: '${nodeType}'`);
    }
    return new ClusterPageCache(nodeType, nodes);
  }

  /** Called once by the site. */
  public abstract bind(scope: Construct, options: PageCacheBindOptions): PageCacheBinding;
}

const PORT = 11211;
const MEBIBYTE = 1024 * 1024;

class ClusterPageCache extends PageCache {
  public constructor(
    private readonly nodeType: string,
    private readonly nodes: number,
  ) {
    super();
  }

  public bind(scope: Construct, { vpc, largestItem }: PageCacheBindOptions): PageCacheBinding {
    const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
      vpc,
      description: 'Memcached: only nginx tasks and the functions of the site',
      allowAllOutbound: false,
    });
    const subnets = new elasticache.CfnSubnetGroup(scope, 'Subnets', {
      description: 'Where the page cache lies',
      subnetIds: innermostSubnets(vpc).subnetIds,
    });
    const parameters = new elasticache.CfnParameterGroup(scope, 'Parameters', {
      cacheParameterGroupFamily: 'memcached1.6',
      description: 'Values as large as the largest page',
      // The default, 1 MiB, also counts what Memcached keeps beside the value.
      properties: { max_item_size: String((Math.ceil(largestItem / MEBIBYTE) + 1) * MEBIBYTE) },
    });
    const cluster = new elasticache.CfnCacheCluster(scope, 'Resource', {
      engine: 'memcached',
      // The newest that ElastiCache has.
      engineVersion: '1.6.22',
      cacheNodeType: this.nodeType,
      numCacheNodes: this.nodes,
      azMode: this.nodes > 1 ? 'cross-az' : 'single-az',
      port: PORT,
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: parameters.ref,
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
    });
    return {
      endpoint: `${cluster.attrConfigurationEndpointAddress}:${cluster.attrConfigurationEndpointPort}`,
      connections: new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(PORT) }),
    };
  }
}

/** The subnets of a VPC that are reached from the fewest places: Memcached has no passwords. */
function innermostSubnets(vpc: ec2.IVpc): ec2.SelectedSubnets {
  if (vpc.isolatedSubnets.length > 0) {
    return vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED });
  }
  if (vpc.privateSubnets.length > 0) {
    return vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS });
  }
  throw new Error(
    `the VPC ${vpc.node.path} must have isolated or private subnets: Memcached is never put into a public one`,
  );
}
