import { ageOf, dateOf } from './freshness';
import { parseHttpDate } from './http-date';
import { headerValues, type PageResponse } from './page';

// RFC 9110 section 15.1, less 206.
const HEURISTICALLY_CACHEABLE = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);
// RFC 9111 section 4.2.2 had a warning for answers that were older, when there were warnings.
const LONGEST = 86_400;

/**
 * How many seconds a page may still be kept for which nobody names a lifetime, by how long it had not changed when it was
 * made: RFC 9111 section 4.2.2.
 *
 * @param fraction of that time, 0 for none.
 * @param isPublic whether the origin says that it may be kept, so that its status need not.
 * @param nowMs when the request was made.
 * @returns undefined where there is nothing to derive it from.
 */
export function heuristicLifetime(
  response: PageResponse,
  fraction: number,
  isPublic: boolean,
  nowMs: number,
): number | undefined {
  if (fraction === 0 || (!isPublic && !HEURISTICALLY_CACHEABLE.has(response.status))) {
    return undefined;
  }
  const [modified, ...others] = headerValues(response.headers, 'Last-Modified').map((text) =>
    parseHttpDate(text, nowMs),
  );
  if (modified === undefined || others.some((other) => other !== modified)) {
    return undefined;
  }
  const unchanged = Math.max(dateOf(response, nowMs) - modified, 0) / 1000;
  return Math.min(Math.floor(unchanged * fraction), LONGEST) - ageOf(response, nowMs);
}
