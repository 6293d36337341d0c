import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import { TAG, TAG_RULE } from '../../lib/site/tag';
import { BadRequestError, describeFault } from './bad-request';
import { isHeader } from './header-rules';
import { cursorSchema } from './list-cursor';
import type { HeaderPair } from './page';
import type { PageAddress } from './page-address';
import { hostSchema, pageAddressSchema } from './purge-request';
import { sinceSchema } from './since';

/** Which pages of the index are listed: those that all of these select. */
export interface ListFilter {
  readonly host?: string;
  /** A path and everything below it. */
  readonly prefix?: Pick<PageAddress, 'host' | 'path'>;
  readonly tag?: string;
  /** A part of the host, path and query, whatever the case. */
  readonly search?: string;
}

/** What the inspect function is asked for. */
export type InspectRequest =
  | {
      readonly kind: 'inspect';
      readonly url: string;
      readonly address: PageAddress;
      /** Of the visitor. */
      readonly headers: readonly HeaderPair[];
    }
  | {
      readonly kind: 'pages';
      readonly filter: ListFilter;
      readonly limit: number;
      /** The place behind which the list goes on; '' at its beginning. */
      readonly after: string;
    }
  | { readonly kind: 'status' }
  | { readonly kind: 'purges'; readonly limit: number; readonly sinceAt: number };

/** A request to the inspect function that breaks rules. */
export class InspectRequestError extends BadRequestError {
  public constructor(faults: readonly string[]) {
    super('the inspect request', faults);
  }
}

/** How long purges stay in the journal, in milliseconds: 30 days. */
export const JOURNAL_MS = 30 * 86_400_000;
// What a function answers has 6 MB at most.
const MOST_PAGES = 1000;
const MOST_PURGES = 100;
const MOST_HEADERS = 100;
const LONGEST_SEARCH = 1024;
const ONE_OF = "must have exactly one of 'inspect', 'pages', 'status' and 'purges'";

/**
 * Checks a request to the inspect function: `{ inspect: { url, headers? } }`, `{ pages: { host?, prefix?, tag?, search?,
 * limit?, next? } }`, `{ status: {} }` or `{ purges: { limit?, since? } }`.
 *
 * @param now milliseconds since 1970.
 * @throws InspectRequestError with every fault.
 */
export function parseInspectRequest(config: SiteConfig, input: unknown, now: number): InspectRequest {
  const parsed = inspectRequestSchema(config, now).safeParse(input);
  if (!parsed.success) {
    throw new InspectRequestError(parsed.error.issues.map((issue) => describeFault(issue, input)));
  }
  const { inspect, pages, purges } = parsed.data;
  if (inspect !== undefined) {
    const url = String((input as { inspect: { url: unknown } }).inspect.url);
    return { kind: 'inspect', url, address: inspect.url, headers: inspect.headers };
  }
  if (pages !== undefined) {
    const { limit, next, ...filter } = pages;
    return { kind: 'pages', filter, limit, after: next };
  }
  return purges === undefined ? { kind: 'status' } : { kind: 'purges', limit: purges.limit, sinceAt: purges.since };
}

function inspectRequestSchema(config: SiteConfig, now: number) {
  const address = pageAddressSchema(config);
  const limit = (most: number, byDefault: number) => {
    const rule = `must be a whole number from 1 to ${most}`;
    return z.int(rule).min(1, rule).max(most, rule).default(byDefault);
  };
  const header = z
    .tuple([z.string(), z.string()], "must be a name and a value: ['Cookie', 'a=b']")
    .refine((pair) => isHeader(pair), 'must be a header of HTTP');
  const pages = z
    .strictObject({
      host: hostSchema(config).optional(),
      prefix: address.refine(({ query }) => query === '', 'must not have a query: a prefix is of paths').optional(),
      tag: z.string('must be a text').regex(TAG, `must be ${TAG_RULE}`).optional(),
      search: z.string('must be a text').min(1, 'must not be empty').max(LONGEST_SEARCH).optional(),
      limit: limit(MOST_PAGES, 100),
      next: cursorSchema,
    })
    .superRefine((_, context) => {
      if (config.purging.index === 'full') return;
      const message = "must be left out: the site keeps no index of its pages (purging.index is 'none')";
      context.addIssue({ code: 'custom', message });
    });
  return z
    .strictObject(
      {
        inspect: z
          .strictObject({
            url: address,
            headers: z.array(header, 'must be a list of headers').max(MOST_HEADERS).default([]),
          })
          .optional(),
        pages: pages.optional(),
        status: z.strictObject({}, 'must be {}').optional(),
        purges: z
          .strictObject({
            limit: limit(MOST_PURGES, 20),
            since: sinceSchema(now).default(now - JOURNAL_MS),
          })
          .optional(),
      },
      `${ONE_OF}, such as {"status": {}}`,
    )
    .refine((request) => Object.values(request).filter((value) => value !== undefined).length === 1, ONE_OF);
}
