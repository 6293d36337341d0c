import { parseDirectives } from './cache-directives';
import { deltaSeconds } from './freshness';

/** What a request asks of a cache: RFC 9111 section 5.2.1. Times are in seconds. */
export interface RequestDirectives {
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
  /** The oldest that an answer may be. */
  readonly maxAge?: number;
  /** How long an answer must stay fresh. */
  readonly minFresh?: number;
  /** For how long beyond its lifetime an answer is taken; Infinity for any. */
  readonly maxStale?: number;
}

/** Reads a request's `Cache-Control`. A time that cannot be read asks for the strictest. */
export function requestDirectives(text: string): RequestDirectives {
  const directives = parseDirectives(text);
  const seconds = (name: string, unreadable: number) => {
    const values = directives.get(name);
    return values && (deltaSeconds(values) ?? unreadable);
  };
  const maxStale = directives.get('max-stale');
  return {
    noCache: directives.has('no-cache'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAge: seconds('max-age', 0),
    minFresh: seconds('min-fresh', Infinity),
    maxStale: maxStale?.every((value) => value === '') ? Infinity : seconds('max-stale', 0),
  };
}
