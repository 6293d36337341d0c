import type { SiteConfig } from '../../lib/site/site-config';
import type { View } from '../core/fill-tools';
import { parsePageAddress } from '../core/page-address';
import { SITEMAP_LIMITS } from '../core/sitemap';

/** The largest sitemap file that is taken, in bytes as it is sent. */
export const MOST_SITEMAP_BYTES = SITEMAP_LIMITS.bytes;
const TIMEOUT = 60_000;

/**
 * Gets a sitemap's file from the origin: at the origin's own address, whatever the URL says, with the URL's host, path and
 * query. Redirects are not followed.
 *
 * @param view takes bodies of `MOST_SITEMAP_BYTES`.
 * @returns the file, or why there is none.
 * @throws what the view fails with, and Error for an answer that may be another one soon.
 */
export async function sitemapFile(view: View, config: SiteConfig, url: string): Promise<Buffer | string> {
  const address = parsePageAddress(config, url);
  if (Array.isArray(address)) {
    return address.join('; ');
  }
  const { scheme, host, path, sentQuery: query } = address;
  const variants = Object.fromEntries(config.key.variants.map(({ name, values }) => [name, values[0] as string]));
  const { status, body } = await view({ scheme, host, path, query, variants, key: '' }, AbortSignal.timeout(TIMEOUT));
  if (status === 200) {
    return body;
  }
  if (status >= 500 || status === 429) {
    throw new Error(`the origin answered ${url} with ${status}`);
  }
  return `the origin answered it with ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`;
}
