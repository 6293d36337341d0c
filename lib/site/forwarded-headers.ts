import type { CanonicalRequest } from './canonical-request';
import type { SiteConfig } from './site-config';

/** The headers of a visitor's request that a rendering gets though the page key does not cover them. */
export function forwardedHeaders({ fill, eligibility }: Pick<SiteConfig, 'fill' | 'eligibility'>): readonly string[] {
  return eligibility.authorization === 'bypass' ? fill.forwardedHeaders : [...fill.forwardedHeaders, 'Authorization'];
}

/** Whether a rendering gets the visitor's `Authorization`: what comes of it says nothing about other visitors' requests. */
export function isAuthorized({ forwarded = [] }: Pick<CanonicalRequest, 'forwarded'>): boolean {
  return forwarded.some(([name]) => name === 'authorization');
}
