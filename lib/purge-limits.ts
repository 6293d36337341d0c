import { PageIndexing } from './page-index';
import { PurgeMode, type PurgeRequest } from './purge-selection';
import { checkHosts } from './site-hosts';

/** What the purges of a site cannot do. */
export interface PurgeLimits {
  /** Which rows the index keeps. */
  readonly index: PageIndexing;
  /** Whether a purge of everything may empty the nodes. */
  readonly flushOnPurge: boolean;
  /** The hosts whose pages are cached; none where every host is taken. */
  readonly hosts: string[];
  /**
   * Why pages cannot be rendered again where the purges run.
   * @default - they can
   */
  readonly noRefresh?: string;
}

/**
 * Checks that a site can do what a request asks for: its function would refuse it, at night and out of sight.
 *
 * @throws Error saying why it cannot, and what to do.
 */
export function checkLimits(where: string, request: PurgeRequest, limits: PurgeLimits): void {
  if (request.mode === PurgeMode.REFRESH && limits.noRefresh !== undefined) {
    throw new Error(`${where}: mode must be PurgeMode.DELETE, got: PurgeMode.REFRESH: ${limits.noRefresh}`);
  }
  for (const field of ['urls', 'exactUrls', 'prefixes', 'hosts']) {
    checkHosts(where, field, (request[field] ?? []) as string[], limits.hosts);
  }
  if (limits.index === PageIndexing.FULL) {
    return;
  }
  const because = 'the site keeps no index of its pages (index: PageIndexing.NONE)';
  if (request.mode === PurgeMode.REFRESH) {
    throw new Error(`${where}: mode must be PurgeMode.DELETE, got: PurgeMode.REFRESH: ${because}`);
  }
  const unknown = ['urls', 'prefixes', 'tags', 'hosts'].filter((field) => request[field] !== undefined);
  if (unknown.length > 0) {
    throw new Error(`${where}: ${unknown.join(' and ')} must be left out: ${because}; use exactUrls or everything`);
  }
  if (request.everything === true && !limits.flushOnPurge) {
    throw new Error(`${where}: everything must be left out: ${because}, and flushOnPurge is not true`);
  }
}
