// From here on Memcached takes a number for seconds since 1970.
const LONGEST = 30 * 86_400;
// How far Memcached's clock may be behind.
const LAG = 2;
// Gone at once. Zero would be never.
const PAST = -1;

/**
 * The expiry time of a value as Memcached takes it, so that it is never answered after its end: a page whose age has reached
 * its lifetime is stale (RFC 9111 section 4.2).
 *
 * Memcached's clock moves once a second, and its seconds since 1970 are up to two behind. Seconds from now are counted from
 * its clock's last step, and so end early, by a second at most; the writer's clock need not agree with the node's. What has
 * less than a second left is kept for one: none of the pages that live for one second would be stored otherwise.
 *
 * @param expiresAt in seconds since 1970.
 */
export function expiryTime(expiresAt: number, nowMs: number): number {
  const left = expiresAt - nowMs / 1000;
  if (left <= 0) {
    return PAST;
  }
  return left > LONGEST ? expiresAt - LAG : Math.max(Math.floor(left), 1);
}
