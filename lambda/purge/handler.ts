import { randomUUID } from 'node:crypto';
import type { SiteConfig } from '../../lib/site/site-config';
import type { Stores } from '../adapters/open-stores';
import { purge } from '../core/purge';
import { parsePurgeRequest } from '../core/purge-request';
import type { Receipt } from '../core/receipt';

/**
 * The purge function: `{ urls?: string[], everything?: true, caller?: string }` becomes a receipt.
 *
 * The handler throws PurgeRequestError with every fault of the event, PurgeIncompleteError when a node did not answer.
 */
export function purgeHandler(config: SiteConfig, stores: () => Promise<Stores>): (event: unknown) => Promise<Receipt> {
  return async (event) => {
    const request = parsePurgeRequest(config, event);
    return purge(request, { ...(await stores()), config, now: Date.now, newId: randomUUID });
  };
}
