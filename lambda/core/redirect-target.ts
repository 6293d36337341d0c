import { canonicalPath } from '../../lib/site/canonical-path';
import { canonicalQuery } from '../../lib/site/canonical-query';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';

/**
 * Whether a redirect leads to the page key that it would be stored under: a stored one would answer itself for ever. Ports
 * are no part of the key, and neither is the scheme where both share a page.
 *
 * @throws TypeError when the location is no URL reference.
 */
export function leadsToItself(request: CanonicalRequest, location: string, config: SiteConfig): boolean {
  const own = `${request.scheme}://${request.host}${request.path}${request.query === '' ? '' : `?${request.query}`}`;
  const target = new URL(location, own);
  return (
    (config.key.scheme === 'same' ? /^https?:$/.test(target.protocol) : target.protocol === `${request.scheme}:`) &&
    target.hostname === request.host &&
    canonicalPath(target.pathname) === request.path &&
    canonicalQuery(target.search.slice(1), config.key.query) === request.query
  );
}

/**
 * Whether a redirect leads to where the site's owner has no say: a host that is neither the request's nor one of the site's, or
 * another scheme than HTTP's. Ports are not looked at, as in keys.
 *
 * @throws TypeError when the location is no URL reference.
 */
export function leadsOffSite(request: CanonicalRequest, location: string, { hosts, eligibility }: SiteConfig): boolean {
  const { protocol, hostname } = new URL(location, `${request.scheme}://${request.host}${request.path}`);
  return !/^https?:$/.test(protocol) || ![request.host, ...hosts, ...eligibility.bypassHosts].includes(hostname);
}
