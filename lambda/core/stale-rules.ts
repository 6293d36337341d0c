import type { SiteConfig } from '../../lib/site/site-config';
import { cacheDirectives } from './cache-directives';
import { deltaSeconds } from './freshness';
import type { PageResponse } from './page';

// RFC 5861 section 4.
const FAILURES = new Set([500, 502, 503, 504]);

/** Whether a response says that its origin failed, so that a stale page may stand in for it. */
export function isFailure({ status }: Pick<PageResponse, 'status'>): boolean {
  return FAILURES.has(status);
}

/**
 * For how many seconds beyond its lifetime a page may be answered when its origin fails: as the page says
 * (`stale-if-error`, RFC 5861 section 4), else as the site does, and never longer than a copy is kept.
 */
export function staleIfErrorSeconds({ headers }: Pick<PageResponse, 'headers'>, { storage }: SiteConfig): number {
  const directives = cacheDirectives(headers);
  if (directives.neverStale) {
    return 0;
  }
  const said = directives.values.get('stale-if-error');
  const seconds = said === undefined ? storage.staleIfError : (deltaSeconds(said) ?? 0);
  return Math.min(seconds, storage.keptFor);
}
