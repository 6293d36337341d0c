import { createHash } from 'node:crypto';

// memcached's protocol.txt, "Keys".
const LONGEST_STORED_KEY = 250;
const LONGEST_KEY = 4096;

/** Why a key is none; undefined for a good one. */
export function keyFault(key: unknown): string | undefined {
  const rule = `a key must be a text of 1 to ${LONGEST_KEY} characters`;
  if (typeof key !== 'string') {
    return `${rule}, got ${key === null ? 'null' : typeof key}`;
  }
  if (key.length === 0 || key.length > LONGEST_KEY) {
    return `${rule}, got ${key.length}`;
  }
  // Two of them would become the same bytes in UTF-8.
  return /\p{Surrogate}/u.test(key) ? `${rule} in Unicode, got a lone surrogate in ${JSON.stringify(key)}` : undefined;
}

/**
 * The key that a value has in Memcached: `<site>:v:` and the user's key, of which everything but visible ASCII is written
 * as `~` and two hexadecimal digits for each byte of UTF-8, and so are `~` and `%`. Where that is longer than a key may be,
 * `<site>:v:~~` and its SHA-256. Different keys never become the same.
 *
 * It never is a page's, whose second part begins with a digit, and nginx has it in `$memcached_key` as it is: of visible
 * ASCII it escapes `%` only.
 */
export function storedKey(site: string, key: string): string {
  const prefix = `${site}:v:`;
  const written = key.replace(/[^\x21-\x7d]|%/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `~${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  return prefix.length + written.length <= LONGEST_STORED_KEY
    ? prefix + written
    : `${prefix}~~${createHash('sha256').update(key).digest('hex')}`;
}
