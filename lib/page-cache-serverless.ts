import { Names, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { cacheSecurityGroup, innermostSubnets, MEMCACHED_PORT } from './cache-subnets';
import type { PageCacheBinding, PageCacheBindOptions } from './page-cache';

/** Options for an ElastiCache Serverless cache of the site's own. */
export interface PageCacheServerlessOptions {
  /**
   * The most that is stored, in GB, from 1 to 5000. Above it pages are evicted.
   * @default - as much as there is to store: what is paid has no limit
   */
  readonly maxStorageGb?: number;
  /**
   * The most ElastiCache processing units in a second, from 1000 to 15000000. Above it requests fail, and count as misses.
   * @default - as many as are asked: what is paid has no limit
   */
  readonly maxEcpuPerSecond?: number;
}

// "1 MB" in ElastiCache's quotas, taken for the smaller of its two readings. It cannot be raised.
const LARGEST_ITEM = 1_000_000;

/**
 * Says how a new ElastiCache Serverless cache is made.
 *
 * @throws Error for options that ElastiCache would refuse.
 */
export function makeServerlessCache(
  options: PageCacheServerlessOptions,
): (scope: Construct, options: PageCacheBindOptions) => PageCacheBinding {
  const { maxStorageGb, maxEcpuPerSecond } = options;
  checkRange('maxStorageGb', maxStorageGb, 1, 5000);
  checkRange('maxEcpuPerSecond', maxEcpuPerSecond, 1000, 15_000_000);
  return (scope, { vpc, largestItem }) => {
    if (largestItem > LARGEST_ITEM) {
      throw new Error(
        `${scope.node.path}: PageCache.serverless stores at most ${LARGEST_ITEM} bytes an item, and the largest page with its head has ${largestItem}: give a maxPageSize that is ${largestItem - LARGEST_ITEM} bytes smaller, such as Size.kibibytes(900)`,
      );
    }
    const securityGroup = cacheSecurityGroup(scope, vpc);
    const cache = new elasticache.CfnServerlessCache(scope, 'Resource', {
      engine: 'memcached',
      majorEngineVersion: '1.6',
      // CloudFormation makes no name for it.
      serverlessCacheName: `s${Names.uniqueResourceName(scope, { maxLength: 39 }).toLowerCase()}`,
      description: 'The page cache',
      subnetIds: subnetsOf(scope, vpc),
      securityGroupIds: [securityGroup.securityGroupId],
      cacheUsageLimits: {
        dataStorage: maxStorageGb === undefined ? undefined : { maximum: maxStorageGb, unit: 'GB' },
        ecpuPerSecond: maxEcpuPerSecond === undefined ? undefined : { maximum: maxEcpuPerSecond },
      },
    });
    return {
      // One name for all of it: it has no configuration endpoint, which is of clusters of nodes.
      nodes: [`${cache.attrEndpointAddress}:${cache.attrEndpointPort}`],
      tls: true,
      reportsUse: false,
      connections: new ec2.Connections({
        securityGroups: [securityGroup],
        // Not 11212, from where replicas are read, which may be behind: a purged page must not come back.
        defaultPort: ec2.Port.tcp(MEMCACHED_PORT),
      }),
    };
  };
}

function checkRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`PageCache.serverless: ${name} must be a whole number from ${least} to ${most}, got: ${value}`);
  }
}

/** One subnet in each of two or three availability zones, as ElastiCache Serverless wants it. */
function subnetsOf(scope: Construct, vpc: ec2.IVpc): string[] {
  const { subnetIds } = innermostSubnets(vpc, { onePerAz: true });
  if (subnetIds.length < 2) {
    throw new Error(
      `${scope.node.path}: PageCache.serverless needs subnets in at least 2 availability zones, and ${vpc.node.path} has ${subnetIds.length}`,
    );
  }
  return subnetIds.slice(0, 3);
}
