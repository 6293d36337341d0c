import type { SiteConfig } from '../../lib/site/site-config';
import type { DecisionRules } from './decide';
import { applyOptions, type ServerOptions } from './options';
import type { ProcessPages } from './process-pages';
import type { SitePages } from './site-pages';

/** What a wrapped handler or application works with. */
export interface Wrapped extends DecisionRules {
  readonly pages: SitePages;
  readonly config: SiteConfig;
  readonly options: ServerOptions;
  readonly behindLoadBalancer: boolean;
}

/** @throws PageOptionsError */
export function wrapped(
  { pages, site, variantKeys, behindLoadBalancer }: ProcessPages,
  options: ServerOptions,
): Wrapped {
  return {
    pages,
    config: applyOptions(site, options),
    options,
    host: options.host,
    variantKeys,
    behindLoadBalancer: options.behindLoadBalancer ?? behindLoadBalancer,
  };
}
