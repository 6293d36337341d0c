import type { SiteConfig } from '../../lib/site/site-config';

// Clocks differ: a row that went before its page would hide it from purges.
const ROW_MARGIN = 3600;

/** For how many seconds something of a page may be stored: the page, and its kept copy after it. */
export function longestLife({ storage }: Pick<SiteConfig, 'storage'>): number {
  return storage.maxTtl + storage.keptFor;
}

/** For how many seconds the rows of a page live, by which a purge finds it. */
export function rowLife(config: Pick<SiteConfig, 'storage'>): number {
  return longestLife(config) + ROW_MARGIN;
}
