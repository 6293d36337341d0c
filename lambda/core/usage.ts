import { kindOfValue } from './page-format';
import { type PageStore, UsageUnknownError } from './page-store';

// A pass marker has some 20 bytes, a page at least 80: a status line, a date and a length.
export const LEAST_PAGE_BYTES = 48;

/**
 * Whether a page lies under a key, and not a lease or a pass marker. Where the store can, it is asked so that the page does
 * not count as asked for.
 *
 * @throws StoreError
 */
export async function holdsPage(pages: PageStore, key: string): Promise<boolean> {
  try {
    const usage = await pages.usage(key);
    return usage !== undefined && usage.bytes >= LEAST_PAGE_BYTES;
  } catch (error) {
    if (!(error instanceof UsageUnknownError)) throw error;
    const value = await pages.get(key);
    return value !== undefined && kindOfValue(value) === 'page';
  }
}
