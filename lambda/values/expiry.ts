// memcached's protocol.txt, "Expiration times": a larger number is a time in seconds since 1970.
const LONGEST_RELATIVE = 30 * 24 * 60 * 60;
const LONGEST_TTL = 365 * 24 * 60 * 60;

/** Why a time to live is none; undefined for a good one. */
export function ttlFault(ttl: unknown): string | undefined {
  const whole = Number.isInteger(ttl) && (ttl as number) >= 1 && (ttl as number) <= LONGEST_TTL;
  return whole || ttl === Infinity
    ? undefined
    : `ttl must be a whole number of seconds from 1 to ${LONGEST_TTL} (a year), or Infinity, got ${String(ttl)}`;
}

/** A time to live as Memcached reads it. @param now in milliseconds since 1970. */
export function expiration(ttl: number, now: number): number {
  if (ttl === Infinity) {
    return 0;
  }
  return ttl <= LONGEST_RELATIVE ? ttl : Math.floor(now / 1000) + ttl;
}
