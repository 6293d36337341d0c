import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import { BadRequestError, describeFault } from './bad-request';
import type { WarmResult } from './warm-result';

/** How the pages of a warm are rendered. */
export interface WarmManner {
  /** `all` renders every combination of variants; `default` the one that a visitor without any choice gets. */
  readonly variants: 'all' | 'default';
  /** Whether pages that are there are rendered anew. */
  readonly refresh: boolean;
}

/** To render pages. */
export interface PagesWork extends WarmManner {
  readonly kind: 'pages';
  readonly urls: readonly string[];
  /** How many of the pages (URLs times variants) are done. */
  readonly from: number;
  /** How often what was left of this work has been handed on. */
  readonly turn: number;
}

/** To read a sitemap. */
export interface SitemapWork extends WarmManner {
  readonly kind: 'sitemap';
  readonly url: string;
  /** Pages that have not changed since are left out; milliseconds since 1970. */
  readonly since?: number;
  /** Whether a sitemap index named it: it may name no others. */
  readonly nested: boolean;
  /** How many of its entries are done. */
  readonly from: number;
}

/** To render pages anew that expire soon and are asked for. */
export interface RefreshAheadWork {
  readonly kind: 'refresh-ahead';
  /** How long before they expire, in seconds. */
  readonly before: number;
  /** How many pages at most: of more, those that were asked for last. */
  readonly atMost: number;
  /** After this the work is done by the next of its kind; milliseconds since 1970. */
  readonly until: number;
}

export type WarmWork = PagesWork | SitemapWork | RefreshAheadWork;

/** A piece of a warm, as a message of the queue holds it. */
export interface WarmPart {
  /** The warm's id. */
  readonly warm: string;
  /** The part's name, unique in its warm. */
  readonly part: string;
  readonly work: WarmWork;
}

/** What came of a piece of work, and what it leads to. */
export interface WarmAnswer {
  readonly result: WarmResult;
  /** Pages that a sitemap names. */
  readonly urls?: readonly string[];
  /** Sitemaps that a sitemap index names. */
  readonly sitemaps?: readonly string[];
  /** Where to go on (`from`), when not all was done. */
  readonly next?: number;
}

/** Work that breaks rules: the queue holds what nobody of this site's release put there. */
export class WarmWorkError extends BadRequestError {
  public constructor(faults: readonly string[]) {
    super('the work', faults);
  }
}

const count = z.int('must be a whole number').min(0, 'must not be negative');
const manner = { variants: z.enum(['all', 'default'], "must be 'all' or 'default'"), refresh: z.boolean() };

const workSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pages'), urls: z.array(z.string()), ...manner, from: count, turn: count }),
  z.strictObject({
    kind: z.literal('sitemap'),
    url: z.string(),
    since: z.number().optional(),
    ...manner,
    nested: z.boolean(),
    from: count,
  }),
  z.strictObject({ kind: z.literal('refresh-ahead'), before: count, atMost: count, until: z.number() }),
]);

const partSchema = z.strictObject({ warm: z.string().min(1), part: z.string().min(1), work: workSchema });

/** @throws WarmWorkError with every fault. */
export function parseWarmWork(config: SiteConfig, input: unknown): WarmWork {
  if (config.compatibility !== undefined) {
    throw new WarmWorkError([APPLICATION_STORES]);
  }
  return parsed(workSchema, input);
}

/** @throws WarmWorkError with every fault. */
export function parseWarmPart(input: unknown): WarmPart {
  return parsed(partSchema, input);
}

/** Why a site that takes the keys of its application has nothing to warm. */
export const APPLICATION_STORES =
  'nothing can be warmed: the application stores the pages of this site itself (compatibility)';

function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) {
    throw new WarmWorkError(result.error.issues.map((issue) => describeFault(issue, input)));
  }
  return result.data;
}
