import { CfnOutput, Lazy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What the command line has to know of a deployed site. */
export interface SiteOutputProps {
  readonly siteName: string;
  readonly inspectFunction: string;
  readonly purgeFunction: string;
  readonly writeFunction: string;
  /** The name of the index's table. */
  readonly table: string;
  /** The load balancer's name in the DNS. */
  readonly loadBalancer: string;
  /** The ElastiCache cluster's id. @default - the nodes are not those of a cluster that the site made */
  readonly cluster?: string;
}

/** An output of the site's stack by which the command line finds it: a JSON text that begins with `nginxMemcacheSite`. */
export class SiteOutput {
  private warmFunction?: string;

  public constructor(scope: Construct, props: SiteOutputProps) {
    const { siteName, inspectFunction, purgeFunction, writeFunction, table, loadBalancer, cluster } = props;
    const described = () => ({
      // The version of what follows.
      nginxMemcacheSite: 1,
      site: siteName,
      functions: { inspect: inspectFunction, purge: purgeFunction, write: writeFunction, warm: this.warmFunction },
      table,
      loadBalancer,
      cluster,
    });
    new CfnOutput(scope, 'CommandLine', {
      description: `By what npx nginx-memcache-site finds the site ${siteName}`,
      value: Lazy.string({ produce: () => Stack.of(scope).toJsonString(described()) }),
    });
  }

  /** The function that warms is made when it is asked for first. */
  public addWarmFunction(name: string): void {
    this.warmFunction = name;
  }
}
