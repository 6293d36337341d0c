import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import { BadRequestError, describeFault } from './bad-request';
import { type PageAddress, parsePageAddress } from './page-address';

/** What a purge is asked to remove. */
export interface PurgeRequest {
  /** Pages, each with every variant and query string; the query only names one more key to delete without the index. */
  readonly pages: readonly PageAddress[];
  readonly everything: boolean;
  /** Who asked, for the journal. */
  readonly caller: string;
}

/** A purge request that breaks rules; nothing was purged. */
export class PurgeRequestError extends BadRequestError {
  public constructor(faults: readonly string[]) {
    super('the purge request', faults);
  }
}

// A purge must be done, with its journal entries, within the time of one function call.
const MOST_URLS = 10_000;

/** A schema for a page's URL on a site. */
export function pageAddressSchema(config: SiteConfig) {
  return z.string('must be a text').transform((url, context): PageAddress => {
    const address = parsePageAddress(config, url);
    if (!Array.isArray(address)) {
      return address;
    }
    address.forEach((message) => context.addIssue({ code: 'custom', message }));
    return z.NEVER;
  });
}

/** A schema for who asks. */
export const callerSchema = z
  .string('must be a text')
  .regex(/^\P{Cc}{1,256}$/u, 'must be 1 to 256 characters without control characters')
  .default('unnamed');

/**
 * Checks a request to the purge function: `{ urls?: string[], everything?: true, caller?: string }`.
 *
 * @throws PurgeRequestError with every fault.
 */
export function parsePurgeRequest(config: SiteConfig, input: unknown): PurgeRequest {
  const schema = z.strictObject(
    {
      urls: z
        .array(pageAddressSchema(config), 'must be a list of URLs')
        .max(MOST_URLS, `must have at most ${MOST_URLS} URLs: split it, or purge everything`)
        .default([]),
      everything: z.literal(true, 'must be true or left out').optional(),
      caller: callerSchema,
    },
    'must be an object such as {"urls": ["https://example.com/news"]} or {"everything": true}',
  );
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    throw new PurgeRequestError(parsed.error.issues.map((issue) => describeFault(issue, input)));
  }
  const { urls, everything = false, caller } = parsed.data;
  if (urls.length === 0 && !everything) {
    throw new PurgeRequestError(['the request: must select something by urls or everything']);
  }
  return { pages: urls, everything, caller };
}
