import { type Canonicalized, canonicalize } from '../../lib/site/canonicalize';
import { forwardedScheme } from '../../lib/site/forwarded-scheme';
import type { SiteConfig } from '../../lib/site/site-config';
import type { VariantSigning } from '../../lib/site/variants';
import type { HeaderPair } from './page';
import type { PageAddress } from './page-address';

/**
 * What the tier makes of a visitor who asks for a URL by GET, coming over a load balancer as the URL says.
 *
 * @param headers the visitor's own. `X-Forwarded-Proto` among them is not believed: load balancers overwrite it.
 * @param signing what the signatures of cookies are checked with. Without it, none is right.
 */
export function canonicalizeVisit(
  config: SiteConfig,
  url: string,
  address: Pick<PageAddress, 'sentHost' | 'sentPath' | 'sentQuery'>,
  headers: readonly HeaderPair[],
  signing?: VariantSigning,
): Canonicalized {
  const own = headers.filter(([name]) => !['x-forwarded-proto', 'host'].includes(name.toLowerCase()));
  const sent = [['Host', address.sentHost] as const, ['X-Forwarded-Proto', schemeOf(url)] as const, ...own];
  const { sentPath, sentQuery } = address;
  const target = sentQuery === '' ? sentPath : `${sentPath}?${sentQuery}`;
  return canonicalize(config, { method: 'GET', target, headers: sent, scheme: forwardedScheme(config, sent) }, signing);
}

function schemeOf(url: string): 'http' | 'https' {
  return /^https:/i.test(url) ? 'https' : 'http';
}
