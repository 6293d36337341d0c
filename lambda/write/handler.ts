import type { SiteConfig } from '../../lib/site/site-config';
import type { Stores } from '../adapters/open-stores';
import { write, type WriteResult } from '../core/write';
import { parseWriteRequest } from '../core/write-request';

/** What the write function answers: one result for each page, in their order. */
export interface WriteAnswer {
  readonly pages: readonly WriteResult[];
}

/**
 * The write function: `{ pages: [{ url, status?, headers?, body? | bodyBase64?, variants? }] }`, each stored if the
 * site's rules allow it.
 *
 * The handler throws WriteRequestError with every fault of the event.
 */
export function writeHandler(
  config: SiteConfig,
  stores: () => Promise<Stores>,
): (event: unknown) => Promise<WriteAnswer> {
  return async (event) => {
    const pages = parseWriteRequest(config, event);
    return { pages: await write(pages, { ...(await stores()), config, now: Date.now }) };
  };
}
