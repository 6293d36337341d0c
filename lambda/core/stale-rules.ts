import type { SiteConfig } from '../../lib/site/site-config';
import { cacheDirectives } from './cache-directives';
import { deltaSeconds } from './freshness';
import type { PageResponse } from './page';

type Page = Pick<PageResponse, 'status' | 'headers'>;

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
export function staleIfErrorSeconds(page: Page, { storage }: SiteConfig): number {
  return staleSeconds(page, 'stale-if-error', storage.staleIfError, storage);
}

/** The same while it is rendered anew or validated: `stale-while-revalidate`, RFC 5861 section 3. */
export function staleWhileRevalidateSeconds(page: Page, { storage }: SiteConfig): number {
  return staleSeconds(page, 'stale-while-revalidate', storage.staleWhileRevalidate, storage);
}

function staleSeconds(
  page: Page,
  directive: string,
  otherwise: number,
  { targetedFields, keptFor }: SiteConfig['storage'],
): number {
  const directives = cacheDirectives(page, targetedFields);
  if (directives.neverStale) {
    return 0;
  }
  const said = directives.values.get(directive);
  return Math.min(said === undefined ? otherwise : (deltaSeconds(said) ?? 0), keptFor);
}
