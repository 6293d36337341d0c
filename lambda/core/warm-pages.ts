import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { canonicalize } from '../../lib/site/canonicalize';
import { pageKey } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';
import { combinationsOf, MOST_COMBINATIONS, variantCombinations } from './exact-keys';
import { parsePageAddress } from './page-address';
import type { WarmExample } from './warm-result';
import type { PagesWork } from './warm-work';

/** A page to warm, or why there is none. */
export type WarmPage =
  | { readonly request: CanonicalRequest; readonly example: WarmExample }
  | { readonly request?: undefined; readonly example: WarmExample & { readonly reason: string } };

/** The page that a visitor without any choice of variants gets under a URL, or why it is never cached. */
export function defaultPage(config: SiteConfig, url: string): CanonicalRequest | { readonly reason: string } {
  const address = parsePageAddress({ ...config, hosts: [] }, url);
  if (Array.isArray(address)) {
    return { reason: 'bad-url' };
  }
  const { scheme, host, path, sentQuery } = address;
  const target = sentQuery === '' ? path : `${path}?${sentQuery}`;
  const decided = canonicalize(config, { method: 'GET', target, headers: [['Host', host]], scheme });
  if (decided.eligible) {
    return decided.request;
  }
  return { reason: decided.reason === 'unknown-host' ? 'foreign-host' : `bypass-${decided.reason}` };
}

/** The pages of some work, one after the other: every URL with each of its variants. */
export function* pagesOf(config: SiteConfig, { urls, variants }: PagesWork): Generator<WarmPage> {
  for (const url of urls) {
    const page = defaultPage(config, url);
    if ('reason' in page) {
      yield { example: { url, reason: page.reason } };
    } else if (variants === 'default') {
      yield { request: page, example: { url } };
    } else {
      yield* everyVariant(config, page, url);
    }
  }
}

/** How many pages a URL has. */
export function pagesPerUrl(config: SiteConfig, variants: PagesWork['variants']): number {
  return variants === 'all' ? Math.min(combinationsOf(config), MOST_COMBINATIONS) : 1;
}

function* everyVariant(config: SiteConfig, page: CanonicalRequest, url: string): Generator<WarmPage> {
  let combinations = 0;
  for (const variants of variantCombinations(config.key.variants)) {
    if (++combinations > MOST_COMBINATIONS) {
      return;
    }
    const chosen = Object.entries(variants).filter(([name, value]) => page.variants[name] !== value);
    const parts = { ...page, variants };
    yield {
      request: { ...parts, key: pageKey(config, parts) },
      example: { url, ...(chosen.length > 0 && { variants: Object.fromEntries(chosen) }) },
    };
  }
}
