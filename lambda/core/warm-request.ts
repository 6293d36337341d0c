import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import { BadRequestError, describeFault } from './bad-request';
import { parsePageAddress } from './page-address';
import { callerSchema } from './purge-request';
import { sinceSchema } from './since';
import { defaultPage } from './warm-pages';
import { LONGEST_URL } from './warm-sitemap';
import { APPLICATION_STORES, type RefreshAheadWork, type WarmManner } from './warm-work';

/** What the warm function is asked for. */
export type WarmRequest =
  | (WarmManner & {
      readonly kind: 'warm';
      /** Each page once. */
      readonly urls: readonly string[];
      readonly sitemaps: readonly string[];
      /** Milliseconds since 1970. */
      readonly since?: number;
      readonly caller: string;
    })
  | (Pick<RefreshAheadWork, 'before' | 'atMost'> & {
      readonly kind: 'refresh-ahead';
      /** Seconds until it is asked for again. */
      readonly every: number;
    })
  /** How far a warm is. */
  | { readonly kind: 'progress'; readonly warm: string };

/** A request to the warm function that breaks rules; nothing was begun. */
export class WarmRequestError extends BadRequestError {
  public constructor(faults: readonly string[]) {
    super('the warm request', faults);
  }
}

const MOST_URLS = 10_000;
const MOST_SITEMAPS = 100;
const NO_INDEX = "refreshAhead: must be left out: the site keeps no index of its pages (purging.index is 'none')";

/**
 * Checks a request to the warm function: `{ urls?, sitemaps?, since?, variants?, refresh?, caller? }`, `{ refreshAhead: {
 * before, atMost, every } }`, or `{ warm }` for what a warm has done by now.
 *
 * @param now milliseconds since 1970: what `since` is counted back from where it is a duration.
 * @throws WarmRequestError with every fault.
 */
export function parseWarmRequest(config: SiteConfig, input: unknown, now: number): WarmRequest {
  const fields = Object(input) as object;
  const schema = 'warm' in fields ? progressSchema : 'refreshAhead' in fields ? aheadSchema : warmSchema(config, now);
  const parsed = schema.safeParse(input);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => describeFault(issue, input));
  if (config.compatibility !== undefined) faults.unshift(APPLICATION_STORES);
  if (config.purging.index === 'none' && 'refreshAhead' in fields) faults.unshift(NO_INDEX);
  if (parsed.success && faults.length === 0) {
    return parsed.data;
  }
  throw new WarmRequestError(faults);
}

const progressSchema = z
  .strictObject({ warm: z.string('must be the id of a warm').regex(/^[\w-]{1,64}$/, 'must be the id of a warm') })
  .transform(({ warm }): WarmRequest => ({ kind: 'progress', warm }));

const seconds = (least: number) => {
  const rule = `must be ${least} to 86400 seconds`;
  return z.int('must be a whole number of seconds').min(least, rule).max(86_400, rule);
};
const aheadSchema = z
  .strictObject({
    refreshAhead: z.strictObject(
      {
        before: seconds(1),
        every: seconds(60),
        atMost: z.int('must be a whole number').min(1, 'must be 1 to 10000').max(10_000, 'must be 1 to 10000'),
      },
      'must be an object with before, every and atMost',
    ),
  })
  .transform(({ refreshAhead }): WarmRequest => ({ kind: 'refresh-ahead', ...refreshAhead }));

function warmSchema(config: SiteConfig, now: number) {
  const url = z
    .string('must be a text')
    // Nothing longer is looked at: of some megabytes, patterns overflow.
    .max(LONGEST_URL, { error: `must have at most ${LONGEST_URL} characters`, abort: true })
    .superRefine((text, context) => {
      const address = parsePageAddress(config, text);
      const faults = Array.isArray(address) ? address : [];
      faults.forEach((message) => context.addIssue({ code: 'custom', message }));
    });
  const list = (most: number) =>
    z.array(url, 'must be a list of URLs').max(most, `must have at most ${most} URLs: split it`).default([]);
  return z
    .strictObject(
      {
        urls: list(MOST_URLS),
        sitemaps: list(MOST_SITEMAPS),
        since: sinceSchema(now).optional(),
        variants: z.enum(['default', 'all'], "must be 'default' or 'all'").default('default'),
        refresh: z.boolean('must be true or false').default(false),
        caller: callerSchema,
      },
      'must be an object such as {"sitemaps": ["https://example.com/sitemap.xml"]}',
    )
    .superRefine(({ urls, sitemaps, since }, context) => {
      const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
      if (urls.length + sitemaps.length === 0) fault([], 'must name pages by urls or sitemaps');
      if (since !== undefined && sitemaps.length === 0)
        fault(['since'], 'must be left out where there are no sitemaps');
    })
    .transform(({ urls, sitemaps, ...rest }): WarmRequest => ({
      kind: 'warm',
      ...rest,
      urls: distinctPages(config, urls),
      sitemaps: [...new Set(sitemaps)],
    }));
}

/** URLs of which no two are of one page. */
function distinctPages(config: SiteConfig, urls: readonly string[]): string[] {
  const keys = new Set<string>();
  return urls.filter((url) => {
    const page = defaultPage(config, url);
    const key = 'key' in page ? page.key : url;
    return !keys.has(key) && keys.add(key);
  });
}
