import { WriterProtocol } from '../../lib/site/writer-protocol';
import { ageOf } from './freshness';
import type { HeaderPair, PageResponse, PageTimes } from './page';

/**
 * The times of a page, by what its origin says of its age.
 *
 * @param startedAt when it was asked for, in milliseconds since 1970.
 */
export function pageTimes(response: PageResponse, startedAt: number, ttlSeconds: number): PageTimes {
  const now = Math.floor(startedAt / 1000);
  // An age may be said that is older than 1970.
  return { bornAt: Math.max(now - ageOf(response, startedAt), 0), freshUntil: Math.max(now + ttlSeconds, 0) };
}

/** The line by which nginx tells a stored page's age; it takes the line away (stored-page.lua). */
export function timesHeader({ bornAt, freshUntil }: PageTimes): HeaderPair {
  return [WriterProtocol.TIMES, `${bornAt} ${freshUntil}`];
}

/** Reads what `timesHeader` wrote; undefined for any other line. */
export function readTimes([name, value]: HeaderPair = ['', '']): PageTimes | undefined {
  const found = name === WriterProtocol.TIMES ? /^(\d{1,12}) (\d{1,12})$/.exec(value) : null;
  return found === null ? undefined : { bornAt: Number(found[1]), freshUntil: Number(found[2]) };
}

/**
 * A page as it is answered from the store: with the `Age` that RFC 9111 section 5.1 asks for, in place of the one with which
 * it came.
 *
 * @param now milliseconds since 1970.
 */
export function withAge(page: PageResponse, now: number): PageResponse {
  if (page.times === undefined) {
    return page;
  }
  const seconds = Math.max(Math.floor(now / 1000) - page.times.bornAt, 0);
  const headers = page.headers.filter(([name]) => name.toLowerCase() !== 'age');
  return { ...page, headers: [...headers, ['Age', String(seconds)]] };
}
