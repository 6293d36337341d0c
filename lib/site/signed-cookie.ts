/*
 * This file runs twice: here, and inside nginx (njs), bundled by `npm run build`. njs knows no `for … of`, no
 * destructuring and no classes; none of them may be used.
 */

/** A cookie whose values the application signs. */
export interface SignedCookie {
  readonly site: string;
  readonly cookie: string;
  /** Every value there is. The first needs no signature. */
  readonly values: readonly string[];
}

/** The signature of a text: HMAC-SHA256 (RFC 2104) with the application's key, in lower-case hexadecimal. */
export type Sign = (text: string) => string;

// A value may contain dots.
const CLAIM = /^(.+)\.([0-9]{1,11})\.([0-9a-f]{64})$/;

/**
 * What the cookie of a value says: `value.expires.signature`. Signed are site, cookie, value and expiry, joined by spaces, of
 * which they have none: a signature is good for nothing else.
 *
 * @param expires seconds since 1970.
 */
export function signedClaim(of: SignedCookie, value: string, expires: number, sign: Sign): string {
  return [value, String(expires), sign([of.site, of.cookie, value, String(expires)].join(' '))].join('.');
}

/**
 * The value that a signed cookie claims: the first of all values unless the signature is right and has not expired.
 *
 * @param claim what the cookie says, or anything else.
 * @param nowSeconds since 1970.
 */
export function verifiedValue(of: SignedCookie, claim: string, nowSeconds: number, sign: Sign): string {
  const match = CLAIM.exec(claim);
  const otherwise = of.values[0] as string;
  if (match === null) {
    return otherwise;
  }
  const value = match[1] as string;
  const expires = Number(match[2]);
  const isRight = of.values.indexOf(value) >= 0 && same(signedClaim(of, value, expires, sign), claim);
  return isRight && nowSeconds < expires ? value : otherwise;
}

// In the same time wherever they differ: how long it takes must not tell how much of a guess is right.
function same(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) {
    difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  }
  return difference === 0;
}
