import { type Duration, Token } from 'aws-cdk-lib';
import { checkHosts } from './site-hosts';

/** Which pages a warm renders and stores: those that are not stored yet. */
export interface WarmSelection {
  /**
   * URLs of pages.
   * @default - none
   */
  readonly urls?: string[];
  /**
   * URLs of sitemaps and of sitemap indexes, as they are or in gzip. They are read from the origin.
   * @default - none
   */
  readonly sitemaps?: string[];
  /**
   * Of sitemaps, only pages that have changed for so long (`lastmod`), or do not say when they have.
   * @default - all of them
   */
  readonly changedWithin?: Duration;
  /**
   * Whether every combination of variants is rendered, and not only the one that a visitor without any choice gets.
   * @default false
   */
  readonly allVariants?: boolean;
  /**
   * Whether pages that are stored are rendered anew.
   * @default false
   */
  readonly refresh?: boolean;
}

/** Options for warms at deployments. */
export interface WarmOnDeployOptions {
  /**
   * What is deployed: there is a warm whenever it has changed since the last deployment. Give it for templates that stay
   * the same when nothing has changed.
   * @default - the time of synthesis, so that every deployment warms
   */
  readonly version?: string;
}

/** Which pages are rendered anew before they expire. */
export interface RefreshAheadOptions {
  /** How often pages are looked for that expire soon: a minute at least. */
  readonly every: Duration;
  /**
   * How long before they expire: at least `every`, or some expire before they are looked for.
   * @default - twice `every`
   */
  readonly before?: Duration;
  /**
   * How many pages at most, each time: of more, those that were asked for last. 10,000 is the most.
   * @default 100
   */
  readonly atMost?: number;
}

/** A request to the warm function. */
export type WarmRequest = Record<string, unknown>;

const LISTS = ['urls', 'sitemaps'] as const;
const MOST: Record<(typeof LISTS)[number], number> = { urls: 10_000, sitemaps: 100 };
// What a schedule, an event and a template hold.
const MOST_CHARACTERS = 100_000;

/**
 * The request that asks the warm function for a selection.
 *
 * @param where the construct and the method that the selection was given to, for errors.
 * @param hosts the site's. Without any, it takes every host.
 * @throws Error when the selection is empty or too long, or a URL in it that is known already is none of the site's.
 */
export function renderWarm(where: string, selection: WarmSelection, hosts: readonly string[]): WarmRequest {
  const lists = LISTS.filter((field) => (selection[field] ?? []).length > 0);
  if (lists.length === 0) {
    throw new Error(`${where}: the selection must name pages by urls or sitemaps, got: ${JSON.stringify(selection)}`);
  }
  for (const field of lists) {
    const urls = selection[field] ?? [];
    if (urls.length > MOST[field]) {
      throw new Error(`${where}: ${field} must be at most ${MOST[field]}, got: ${urls.length}; use a sitemap`);
    }
    urls.forEach((url) => checkUrl(where, field, url));
    checkHosts(where, field, urls, hosts);
  }
  if (selection.changedWithin !== undefined && !lists.includes('sitemaps')) {
    throw new Error(`${where}: changedWithin must be left out where there are no sitemaps`);
  }
  const request = {
    ...Object.fromEntries(lists.map((field) => [field, selection[field]])),
    ...(selection.changedWithin && { since: `PT${selection.changedWithin.toSeconds()}S` }),
    ...(selection.allVariants && { variants: 'all' }),
    ...(selection.refresh && { refresh: true }),
  };
  const { length } = JSON.stringify(request);
  if (length > MOST_CHARACTERS) {
    throw new Error(
      `${where}: the selection must have at most ${MOST_CHARACTERS} characters as JSON, got: ${length}; use a sitemap`,
    );
  }
  return request;
}

function checkUrl(where: string, field: string, url: string): void {
  if (Token.isUnresolved(url)) {
    return;
  }
  if (!/^https?:\/\/[^/?#@\\]+(?:[/?][^#]*)?$/i.test(url) || !URL.canParse(url)) {
    throw new Error(`${where}: ${field} must each be an http or https URL, got: '${url}'`);
  }
}

/**
 * The request that asks the warm function to refresh ahead.
 *
 * @throws Error for options that would miss pages, or that the function refuses.
 */
export function renderRefreshAhead(where: string, options: RefreshAheadOptions): WarmRequest {
  const every = options.every.toSeconds();
  const before = options.before?.toSeconds() ?? every * 2;
  const { atMost = 100 } = options;
  if (every % 60 !== 0 || every < 60 || every > 43_200) {
    throw new Error(`${where}: every must be whole minutes, up to 12 hours, got: ${every} seconds`);
  }
  if (before < every || before > 86_400) {
    throw new Error(
      `${where}: before must be at least every (${every} seconds) and at most a day, got: ${before} seconds; pages that expire earlier would be missed`,
    );
  }
  if (!Number.isInteger(atMost) || atMost < 1 || atMost > 10_000) {
    throw new Error(`${where}: atMost must be a whole number from 1 to 10000, got: ${atMost}`);
  }
  return { refreshAhead: { before, every, atMost } };
}
