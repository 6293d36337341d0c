import CachePolicy from 'http-cache-semantics';
import type { CacheDirectives } from './cache-directives';
import { formatHttpDate, parseHttpDate } from './http-date';
import { headerValues, type PageResponse } from './page';

// "Larger than any lifetime": RFC 9111 section 1.2.2.
const LONGEST = 2 ** 31;

/**
 * How many seconds a shared cache may still keep a response by what its origin says: RFC 9111 section 4.2.
 *
 * `http-cache-semantics` decides which of the origin's words counts; it only sees words that it reads rightly. By itself
 * it takes `max-age=` for no lifetime and `max-age=1e9` for a second, lets the last of two contradicting directives win,
 * knows directives in lower case only, reads dates leniently, and leaves `Date` out of the age.
 *
 * @param nowMs when the request was made.
 * @returns undefined where the origin says nothing; 0 or less when it is not to be kept, or what it says cannot be read.
 */
export function freshnessLeft(response: PageResponse, directives: CacheDirectives, nowMs: number): number | undefined {
  const told = ['s-maxage', 'max-age'].filter((name) => directives.values.has(name));
  const expires = directives.targeted ? [] : headerValues(response.headers, 'Expires');
  if (told.length === 0 && expires.length === 0) {
    return undefined;
  }
  const seconds = told.map((name) => deltaSeconds(directives.values.get(name) ?? []) ?? 0);
  const until = only(expires, (text) => parseHttpDate(text, nowMs));
  if (told.length === 0 && until === undefined) {
    return 0;
  }
  const headers = {
    // Always there, so that the library never asks its own clock.
    date: formatHttpDate(dateOf(response, nowMs)),
    'cache-control': told.map((name, i) => `${name}=${seconds[i]}`).join(', '),
    ...(until !== undefined && { expires: formatHttpDate(until) }),
  };
  const policy = new CachePolicy(
    { method: 'GET', headers: {} },
    // Whether a status may be kept is decided elsewhere: the library knows fewer.
    { status: 200, headers },
    { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
  return policy.storable() ? policy.maxAge() - ageOf(response, nowMs) : 0;
}

/** How many seconds old a response is when it is asked for: RFC 9111 section 4.2.3, seen from the moment of the request. */
export function ageOf(response: PageResponse, nowMs: number): number {
  const since = (wholeSecond(nowMs) - dateOf(response, nowMs)) / 1000;
  // Section 5.1: of a list the first member counts, and what is not a number is ignored.
  const [first] = headerValues(response.headers, 'Age').join(',').split(',');
  return Math.max(deltaSeconds([first?.trim() ?? '']) ?? 0, since, 0);
}

/** When a response says that it was made, in milliseconds since 1970; now, where it does not say or cannot be read. */
export function dateOf({ headers }: Pick<PageResponse, 'headers'>, nowMs: number): number {
  return only(headerValues(headers, 'Date'), (text) => parseHttpDate(text, nowMs)) ?? wholeSecond(nowMs);
}

function wholeSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

/** A directive's argument in seconds (RFC 9111 section 1.2.2); undefined when it is none, or is repeated with another. */
export function deltaSeconds(values: readonly string[]): number | undefined {
  return only(values, (value) => (/^\d+$/.test(value) ? Math.min(Number(value), LONGEST) : undefined));
}

/** What all values say alike; undefined when there is none, or two differ: which of them counts cannot be known. */
function only(values: readonly string[], read: (value: string) => number | undefined): number | undefined {
  const [first, ...others] = values.map(read);
  return others.every((other) => other === first) ? first : undefined;
}
