import type { SiteConfig } from '../../lib/site/site-config';
import { type CacheDirectives, isUnderstood } from './cache-directives';

/** The statuses of RFC 9110 section 15.1 that caches may keep without being told, less the errors, 204 and 206. */
export const STORED_STATUSES: ReadonlySet<number> = new Set([200, 203, 300, 301, 308]);
/** The errors that a site may keep for a short time of their own: there is no such page. */
export const NEGATIVE_STATUSES: ReadonlySet<number> = new Set([404, 410]);

/** Whether responses of a status are stored that say nothing, only those that say something to that end, or none. */
export type StorableWhen = 'untold' | 'told' | 'never';

/** RFC 9111 section 3: any final status may be stored, of which the origin says so. Errors only where the site has it so, too. */
export function storableWhen(
  status: number,
  { mustUnderstand }: Pick<CacheDirectives, 'mustUnderstand'>,
  { negativeTtl, errorsThatSaySo }: SiteConfig['storage'],
): StorableWhen {
  const isFinal = Number.isInteger(status) && status >= 200 && status <= 599;
  // A part of a page and word that there is no other one are no pages.
  if (!isFinal || status === 206 || status === 304 || (mustUnderstand && !isUnderstood(status))) {
    return 'never';
  }
  if (STORED_STATUSES.has(status) || (NEGATIVE_STATUSES.has(status) && negativeTtl > 0)) {
    return 'untold';
  }
  return status < 400 || errorsThatSaySo ? 'told' : 'never';
}
