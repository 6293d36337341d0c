import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { BoundCache } from './page-cache-shared';
import { connectToPages } from './pages-access';
import { checkInVpc, connectToValues } from './values-access';
import { WritableSite } from './writable-site';

/** What lets an application's own programs use a site's nodes: for values, and for pages. */
export abstract class ConnectableSite extends WritableSite {
  /** The VPC of everything. */
  public abstract readonly vpc: ec2.IVpc;
  /** The security groups of the Memcached nodes, with their port. */
  public abstract readonly cacheConnections: ec2.Connections;
  /**
   * The environment in which `Values.fromEnvironment()` of `nginx-memcache-site/values` finds the nodes, for programs other
   * than functions: `site.cacheConnections.allowDefaultPortFrom(service)` lets them in. For functions there is connect.
   */
  public abstract readonly valuesEnvironment: { [name: string]: string };
  /**
   * The environment in which `nginx-memcache-site/pages` finds the site, for programs other than functions:
   * `site.cacheConnections.allowDefaultPortFrom(service)` and `site.pageIndex.grantUse(role)` let them in. For functions there
   * is connectPages.
   */
  public abstract readonly pagesEnvironment: { [name: string]: string };

  /**
   * The nodes, for others that share them.
   * @internal
   */
  public abstract readonly _boundCache: BoundCache;

  /** Whether the site stores its pages, and not the application. */
  protected abstract readonly hasOwnPages: boolean;

  /**
   * Lets a function keep values of its own on the Memcached nodes, with `Values.fromEnvironment()` of
   * `nginx-memcache-site/values`: sets its environment, and lets it in. Memcached has no passwords: the function then reaches
   * the pages, too.
   *
   * @param handler a function in the VPC of the site, by security groups of its own.
   * @throws Error for a function that is not.
   */
  public connect(handler: lambda.Function): void {
    checkInVpc(this, handler, this.vpc);
    connectToValues(handler, this.cacheConnections, this.valuesEnvironment);
  }

  /**
   * Lets a function keep pages of its own, with `cachePage` of `nginx-memcache-site/pages`: what connect gives, the site's
   * document in a layer, and the use of the index. The function can store and delete whatever pages there are.
   *
   * @param handler a function in the VPC of the site, by security groups of its own.
   * @throws Error for a function that is not, for one made of a container's image, and where the application stores the pages
   * itself.
   */
  public connectPages(handler: lambda.Function): void {
    if (!this.hasOwnPages) {
      throw new Error(`${this.node.path}: the application stores the pages of this site itself (pageFormat)`);
    }
    this.connect(handler);
    connectToPages(this, handler, this.pagesEnvironment.NMS_SITE_DOCUMENT as string, this.pageIndex);
  }
}
