import { randomUUID } from 'node:crypto';
import type { SiteConfig } from '../../lib/site/site-config';
import { nodeExists } from '../adapters/node-exists';
import type { Stores } from '../adapters/open-stores';
import type { View } from '../core/fill-tools';
import { previewPurge } from '../core/preview';
import { purge } from '../core/purge';
import { parsePurgeRequest } from '../core/purge-request';
import type { Preview, Receipt } from '../core/receipt';

/** What a call brings besides its event; Lambda's context has it. */
export interface CallContext {
  /** Milliseconds until the call is cut off. */
  getRemainingTimeInMillis(): number;
}

export interface PurgeHandlerOptions {
  readonly config: SiteConfig;
  readonly stores: () => Promise<Stores>;
  /** Renders pages for refreshes. @default - refreshes are refused */
  readonly view?: View;
}

/**
 * The purge function: a request such as `{ "urls": ["https://www.example.com/news"] }` or `{ "tags": ["news"], "mode":
 * "refresh" }` becomes a receipt, with `"dryRun": true` a preview. README, "Purge it", has every field.
 *
 * The handler throws PurgeRequestError with every fault of the event, PurgeIncompleteError when a node did not answer.
 */
export function purgeHandler({
  config,
  stores,
  view,
}: PurgeHandlerOptions): (event: unknown, context?: CallContext) => Promise<Receipt | Preview> {
  return async (event, context) => {
    const request = parsePurgeRequest(config, event, view !== undefined);
    const tools = { ...(await stores()), config, now: Date.now };
    if (request.dryRun) {
      return previewPurge(request, tools);
    }
    const timeLeft = context && (() => context.getRemainingTimeInMillis());
    return purge(request, { ...tools, view, newId: randomUUID, nodeExists, timeLeft });
  };
}
