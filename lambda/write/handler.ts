import { isObject } from '../adapters/purge-events/event-shape';
import { write, type WriteResult } from '../core/write';
import type { ObjectResult } from '../core/write-object';
import { parseWriteRequest } from '../core/write-request';
import type { CallContext } from '../purge/handler';
import { type BucketAnswer, isObjectEvent, type ObjectTools, writeBucket, writeFromEvent } from './objects';

/** What the write function answers to pages and to events: one result for each page, in their order. */
export interface WriteAnswer {
  readonly pages: readonly (WriteResult | ObjectResult)[];
}

/**
 * The write function: `{ pages: [{ url, status?, headers?, body? | bodyBase64?, variants?, ttl?, tags? }] }`, each stored
 * if the site's rules allow it; `{ bucket, prefix?, after? }`, whose objects become pages; and the events of S3, by
 * EventBridge or directly.
 *
 * The handler throws WriteRequestError with every fault of a request, BadEventError for an event that cannot be read, and
 * Error for an object that could not be written: S3's events are then sent again.
 */
export function writeHandler(
  tools: ObjectTools,
): (event: unknown, context?: CallContext) => Promise<WriteAnswer | BucketAnswer> {
  const { config, stores } = tools;
  return async (event, context) => {
    if (isObjectEvent(event)) {
      return { pages: await writeFromEvent(event, tools) };
    }
    if (isObject(event) && 'bucket' in event) {
      return writeBucket(event, tools, context);
    }
    const pages = parseWriteRequest(config, event);
    return { pages: await write(pages, { ...(await stores()), config, now: Date.now }) };
  };
}
