import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { makeCluster, type PageCacheClusterOptions } from './page-cache-cluster';
import type { ConnectableSite } from './connectable-site';
import { knownNodes, type PageCacheNodesOptions } from './page-cache-nodes';
import { makeServerlessCache, type PageCacheServerlessOptions } from './page-cache-serverless';
import { nodesOf } from './page-cache-shared';

/** What a site tells its page cache. */
export interface PageCacheBindOptions {
  /** The VPC of the site. */
  readonly vpc: ec2.IVpc;
  /** The site's name, with which its keys begin. */
  readonly siteName: string;
  /** The largest value that must fit, in bytes. */
  readonly largestItem: number;
  /** Whether a purge of everything empties the nodes. */
  readonly flushOnPurge: boolean;
}

/** How the nodes of a page cache are reached: by exactly one of `endpoint` and `nodes`. */
export interface PageCacheBinding {
  /**
   * The configuration endpoint, as `host:port`, which lists the nodes.
   * @default - `nodes` names them
   */
  readonly endpoint?: string;
  /**
   * The nodes, each as `host:port`.
   * @default - `endpoint` lists them
   */
  readonly nodes?: string[];
  /**
   * Whether the nodes speak TLS.
   * @default false
   */
  readonly tls?: boolean;
  /**
   * Whether the nodes say when a page was read last, by Memcached's `me` command.
   * @default true
   */
  readonly reportsUse?: boolean;
  /**
   * The id of the ElastiCache cluster that the nodes are of, for those who look after it.
   * @default - they are not of a cluster that the site made
   */
  readonly clusterId?: string;
  /** The nodes' security groups and port. */
  readonly connections: ec2.Connections;
}

/**
 * The Memcached nodes that hold the pages.
 *
 * - `PageCache.cluster()`: a new ElastiCache cluster.
 * - `PageCache.serverless()`: a new ElastiCache Serverless cache, paid by use.
 * - `PageCache.nodes(['cache.internal:11211'])`: nodes that are there already.
 * - `PageCache.sharedWith(site)`: those of another site.
 *
 * Others can be written by extending this class.
 */
export abstract class PageCache {
  /** A new ElastiCache for Memcached cluster. */
  public static cluster(options: PageCacheClusterOptions = {}): PageCache {
    return new BoundPageCache(makeCluster(options));
  }

  /**
   * A new ElastiCache Serverless cache for Memcached: over TLS, paid by what is stored and asked, in two or three
   * availability zones. Its values have at most 1 MB, so `maxPageSize` must be given.
   */
  public static serverless(options: PageCacheServerlessOptions = {}): PageCache {
    return new BoundPageCache(makeServerlessCache(options));
  }

  /**
   * Memcached nodes that are there already. They must take values as large as `maxPageSize` and a head (`-I`).
   *
   * @param names each as `host:port`, all at the same port. The names decide which node has which page: keep them.
   */
  public static nodes(names: string[], options: PageCacheNodesOptions = {}): PageCache {
    return new BoundPageCache(knownNodes(names, options));
  }

  /**
   * The nodes of another site, in the same VPC: each site keeps its keys, its index and its purges for itself, and they share
   * the memory. The site fails for a name or a size that the nodes cannot have, and with `flushOnPurge`.
   */
  public static sharedWith(site: ConnectableSite): PageCache {
    return new BoundPageCache(nodesOf(site));
  }

  /** Called once by the site. */
  public abstract bind(scope: Construct, options: PageCacheBindOptions): PageCacheBinding;
}

type Bind = (scope: Construct, options: PageCacheBindOptions) => PageCacheBinding;

class BoundPageCache extends PageCache {
  public constructor(private readonly makeBinding: Bind) {
    super();
  }

  public bind(scope: Construct, options: PageCacheBindOptions): PageCacheBinding {
    return this.makeBinding(scope, options);
  }
}
