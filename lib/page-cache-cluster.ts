import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { cacheSecurityGroup, innermostSubnets, MEMCACHED_PORT } from './cache-subnets';
import type { PageCacheBinding, PageCacheBindOptions } from './page-cache';

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
  /**
   * Whether the nodes speak TLS. ElastiCache knows it at creation only: a change makes a new, empty cluster.
   * @default false
   */
  readonly transitEncryption?: boolean;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Says how a new ElastiCache cluster is made.
 *
 * @throws Error for options that ElastiCache would refuse.
 */
export function makeCluster(
  options: PageCacheClusterOptions,
): (scope: Construct, options: PageCacheBindOptions) => PageCacheBinding {
  const { nodeType = 'cache.t4g.micro', nodes = 1, transitEncryption = false } = options;
  if (!Token.isUnresolved(nodes) && (!Number.isInteger(nodes) || nodes < 1 || nodes > 60)) {
    throw new Error(`PageCache.cluster: nodes must be a whole number from 1 to 60, got: ${nodes}`);
  }
  if (!Token.isUnresolved(nodeType) && !/^cache\.[a-z0-9]+\.[a-z0-9]+$/.test(nodeType)) {
    throw new Error(`PageCache.cluster: nodeType must be like 'cache.t4g.micro', got: '${nodeType}'`);
  }
  return (scope, { vpc, largestItem }) => {
    const securityGroup = cacheSecurityGroup(scope, vpc);
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
      cacheNodeType: nodeType,
      numCacheNodes: nodes,
      azMode: nodes > 1 ? 'cross-az' : 'single-az',
      port: MEMCACHED_PORT,
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: parameters.ref,
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
      transitEncryptionEnabled: transitEncryption || undefined,
    });
    acknowledge(
      cluster,
      'AEC5',
      "The port is no secret: the nodes lie in isolated or private subnets, and their security group admits the site's tasks and functions only.",
    );
    return {
      endpoint: `${cluster.attrConfigurationEndpointAddress}:${cluster.attrConfigurationEndpointPort}`,
      tls: transitEncryption,
      clusterId: cluster.ref,
      connections: new ec2.Connections({
        securityGroups: [securityGroup],
        defaultPort: ec2.Port.tcp(MEMCACHED_PORT),
      }),
    };
  };
}
