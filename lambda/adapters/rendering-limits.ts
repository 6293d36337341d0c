import type { SiteConfig } from '../../lib/site/site-config';

// The limit is the stored body's, which is compressed when that is smaller; text rarely is by more than this.
const COMPRESSION = 8;

/** nginx stores heads of up to 64 kB; what is above the site's own limit is told apart from a broken origin. */
export const MOST_HEAD_BYTES = 128 * 1024;

/** The largest body of which a page may come, in bytes. */
export function mostBodyBytes({ limits }: Pick<SiteConfig, 'limits'>): number {
  return limits.pageSize * COMPRESSION;
}
