import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Origin } from './origin';
import { PageCache } from './page-cache';
import type { SiteContentProps } from './site-content-props';
import type { SiteHttpProps } from './site-http-props';
import type { SiteLogProps } from './site-log-props';
import type { SiteNetworkProps } from './site-network-props';
import type { SitePurgeProps } from './site-purge-props';
import type { SiteTierProps } from './site-tier-props';
import type { SiteWarmProps } from './site-warm-props';

/** Properties of a site. */
export interface NginxMemcacheSiteProps
  extends
    SiteContentProps,
    SiteHttpProps,
    SiteLogProps,
    SiteNetworkProps,
    SitePurgeProps,
    SiteTierProps,
    SiteWarmProps {
  /** The application that renders the pages. */
  readonly origin: Origin;
  /**
   * What the application knows this site by: a plain value, which every request to it carries in `originSecretHeader`, so that
   * it can refuse all that comes past the site. It is read from the secret when a task or a function starts: a new value
   * needs a new deployment. Functions in isolated subnets cannot read it, and purge without refreshing.
   * @default - none
   */
  readonly originSecret?: secretsmanager.ISecret;
  /**
   * The header of `originSecret`. A visitor's own header of that name never reaches the application.
   * @default 'X-Origin-Secret'
   */
  readonly originSecretHeader?: string;
  /**
   * The Memcached nodes.
   * @default - PageCache.cluster()
   */
  readonly cache?: PageCache;

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
}
