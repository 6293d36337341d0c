import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import { TAG, TAG_RULE } from '../../lib/site/tag';
import { BadRequestError, describeFault } from './bad-request';
import { combinationsOf, MOST_COMBINATIONS } from './exact-keys';
import { type PageAddress, parseHost, parsePageAddress } from './page-address';
import type { Selector } from './selector';

/** What a purge is asked to remove. */
export interface PurgeRequest {
  readonly selectors: readonly Selector[];
  /** Pages whose keys need no index: every variant of each. */
  readonly pages: readonly PageAddress[];
  /** `delete` removes pages; `refresh` renders them again, and removes what cannot be rendered. */
  readonly mode: 'delete' | 'refresh';
  /** Says what would go, and changes nothing. */
  readonly dryRun: boolean;
  /** Who asked, for the audit. @default - nobody whom the audit is to keep */
  readonly caller?: string;
}

/** A purge request that breaks rules; nothing was purged. */
export class PurgeRequestError extends BadRequestError {
  public constructor(faults: readonly string[]) {
    super('the purge request', faults);
  }
}

// A purge must be done, with its journal entries, within the time of one function call.
const MOST_URLS = 10_000;
// Each of these is looked for in every partition of the index.
const MOST_OTHERS = 1000;
/** How many tags a purge may select. */
export const MOST_TAGS_AT_ONCE = MOST_OTHERS;

// nginx reads no longer request line (nginx/server.conf, `large_client_header_buffers`): there is no such page.
const LONGEST_URL = 65_536;

/** A schema for a page's URL on a site. */
export function pageAddressSchema(config: SiteConfig) {
  const text = z.string('must be a text').max(LONGEST_URL, `must have at most ${LONGEST_URL} characters`);
  return text.transform((url, context): PageAddress => {
    const address = parsePageAddress(config, url);
    if (!Array.isArray(address)) {
      return address;
    }
    address.forEach((message) => context.addIssue({ code: 'custom', message }));
    return z.NEVER;
  });
}

/** A schema for a host of a site. */
export function hostSchema(config: SiteConfig) {
  return z.string('must be a text').transform((text, context) => {
    const parsed = parseHost(config, text);
    if (typeof parsed === 'string') return parsed;
    context.addIssue({ code: 'custom', message: parsed.fault });
    return z.NEVER;
  });
}

/** A schema for who asks. */
export const callerSchema = z
  .string('must be a text')
  .regex(/^\P{Cc}{1,256}$/u, 'must be 1 to 256 characters without control characters')
  .default('unnamed');

/**
 * Checks a request to the purge function: `{ urls?, exactUrls?, prefixes?, tags?, hosts?, everything?, mode?, dryRun?,
 * caller? }`.
 *
 * @param canRefresh whether pages can be rendered where the purge runs.
 * @throws PurgeRequestError with every fault.
 */
export function parsePurgeRequest(config: SiteConfig, input: unknown, canRefresh = true): PurgeRequest {
  const parsed = purgeRequestSchema(config, canRefresh).safeParse(input);
  if (!parsed.success) {
    throw new PurgeRequestError(parsed.error.issues.map((issue) => describeFault(issue, input)));
  }
  const request = parsed.data;
  return {
    selectors: selectorsOf(request),
    pages: request.everything ? [] : knownPages(request),
    mode: request.mode,
    dryRun: request.dryRun,
    caller: request.caller,
  };
}

function purgeRequestSchema(config: SiteConfig, canRefresh: boolean) {
  const address = pageAddressSchema(config);
  const list = <T extends z.ZodType>(member: T, what: string, most: number) =>
    z
      .array(member, `must be a list of ${what}`)
      .max(most, `must have at most ${most} ${what}: split it, or purge everything`)
      .default([]);
  const prefix = address.refine(({ query }) => query === '', 'must not have a query: a prefix is of paths');
  return z
    .strictObject(
      {
        urls: list(address, 'URLs', MOST_URLS),
        exactUrls: list(address, 'URLs', MOST_URLS),
        prefixes: list(prefix, 'URLs', MOST_OTHERS),
        tags: list(z.string('must be a text').regex(TAG, `must be ${TAG_RULE}`), 'tags', MOST_TAGS_AT_ONCE),
        hosts: list(hostSchema(config), 'hosts', MOST_OTHERS),
        everything: z.literal(true, 'must be true or left out').optional(),
        mode: z.enum(['delete', 'refresh'], "must be 'delete' or 'refresh'").default('delete'),
        dryRun: z.boolean('must be true or false').default(false),
        caller: callerSchema,
      },
      'must be an object such as {"urls": ["https://example.com/news"]} or {"everything": true}',
    )
    .superRefine((request, context) => {
      const fault = (field: string | undefined, message: string) =>
        context.addIssue({ code: 'custom', path: field === undefined ? [] : [field], message });
      if (request.urls.length + request.exactUrls.length > MOST_URLS) {
        fault('exactUrls', `must have, together with urls, at most ${MOST_URLS} URLs`);
      }
      if (selectorsOf(request).length === 0) {
        fault(undefined, 'must select something by urls, exactUrls, prefixes, tags, hosts or everything');
      }
      if (request.mode === 'refresh' && !canRefresh) {
        fault('mode', "must be 'delete': what runs the purges of this site cannot reach its origin");
      }
      withoutIndex(config, request).forEach(([field, message]) => fault(field, message));
    });
}

type Parsed = Omit<z.infer<ReturnType<typeof purgeRequestSchema>>, 'caller'>;

/** What the site cannot do because it keeps no index. */
function withoutIndex(config: SiteConfig, request: Parsed): [field: string, message: string][] {
  const { index, flush } = config.purging;
  if (index === 'full') {
    return [];
  }
  const because =
    config.compatibility === undefined
      ? "the site keeps no index of its pages (purging.index is 'none')"
      : 'the application stores the pages of this site itself (compatibility), and nobody knows which';
  const faults: [string, string][] = (['urls', 'prefixes', 'tags', 'hosts'] as const)
    .filter((field) => request[field].length > 0)
    .map((field) => [field, `must be left out: ${because}; use exactUrls or everything`]);
  if (request.everything && !flush) {
    faults.push([
      'everything',
      `must be left out: ${because}, and the nodes may hold what is not its own (purging.flush is false)`,
    ]);
  }
  if (request.exactUrls.length > 0 && combinationsOf(config) > MOST_COMBINATIONS) {
    faults.push(['exactUrls', `must be left out: ${because}, and a page has over ${MOST_COMBINATIONS} variants`]);
  }
  if (request.mode === 'refresh') faults.push(['mode', `must be 'delete': ${because}`]);
  if (request.dryRun) faults.push(['dryRun', `must be false: ${because}`]);
  return faults;
}

/** Of a URL that stands for all its queries, the one that is given and the one that most visitors ask for. */
function knownPages({ urls, exactUrls }: Parsed): PageAddress[] {
  const withoutQuery = urls.map((url) => ({ ...url, query: '', sentQuery: '' }));
  const pages = [...urls, ...withoutQuery, ...exactUrls].map((page) => [JSON.stringify(page), page] as const);
  return [...new Map(pages).values()];
}

/** The distinct selectors of a request; everything makes all others superfluous. */
function selectorsOf({ urls, exactUrls, prefixes, tags, hosts, everything }: Parsed): Selector[] {
  if (everything) {
    return [{ kind: 'everything' }];
  }
  const selectors: Selector[] = [
    ...urls.map(({ host, path }) => ({ kind: 'url', host, path }) as const),
    ...exactUrls.map(({ host, path, query }) => ({ kind: 'exact', host, path, query }) as const),
    ...prefixes.map(({ host, path }) => ({ kind: 'prefix', host, path }) as const),
    ...tags.map((tag) => ({ kind: 'tag', tag }) as const),
    ...hosts.map((host) => ({ kind: 'host', host }) as const),
  ];
  return [...new Map(selectors.map((selector) => [JSON.stringify(selector), selector])).values()];
}
