import type { SiteConfig } from './site-config';

/** What every request that a site sends to its origin carries in `CDN-Loop` (RFC 8586), so that it is known if it comes back. */
export function loopMark(config: SiteConfig): string {
  return `nginx-memcache-site; site=${config.site}`;
}
