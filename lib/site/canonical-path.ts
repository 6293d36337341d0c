/*
 * Paths as the key and the index know them. All text here is latin1: one character is one byte.
 */

// Bytes that may stand unencoded: everything visible but `#`, `?`, `\` (which nginx, browsers and applications read
// differently) and `%` and `/`, which have their own rules. Browsers encode bytes from 0x80 on; many servers refuse them.
const RAW_BYTE = String.raw`[\x21\x22\x24\x26-\x2e\x30-\x3e\x40-\x5b\x5d-\x7e]`;
// Encoded bytes that mean the same decoded: none of the controls, `/`, `\`, and the reserved characters of RFC 3986
// section 2.2, for which `%3B` and `;` may be two different pages.
const ENCODED_BYTE = String.raw`%(?:2[025DEde]|3[0-9CEce]|4[1-9A-Fa-f]|5[0-9AEFaef]|6[0-9A-Fa-f]|7[0-9A-Ea-e]|[89A-Fa-f][0-9A-Fa-f])`;
const DOT_SEGMENT = String.raw`(?:\.|%2[Ee]){1,2}(?:[;/?]|$)`;

/**
 * The paths that have one meaning for everybody: a regular expression that nginx (PCRE) and JavaScript read alike, for
 * the beginning of a request target. Others (`//`, dot segments, `%2F`, encoded controls) are never cached.
 */
export const ORDINARY_PATH = String.raw`^(?:/(?!${DOT_SEGMENT})(?:${RAW_BYTE}|${ENCODED_BYTE})+)*/?(?:\?|$)`;

const ordinaryPath = new RegExp(ORDINARY_PATH);
// Unreserved and what a path segment may hold: RFC 3986 section 3.3.
const PLAIN = /[A-Za-z0-9\-._~!$&'()*+,;=:@/]/;

/** A path's bytes without percent-encoding: what nginx calls `$uri`, for an ordinary path. */
export function decodePath(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * The one way to write a path: every byte that may stand unencoded does, all others are encoded in upper case.
 *
 * @param raw the path as it was sent, without query.
 * @returns undefined for an odd path, which is never cached.
 */
export function canonicalPath(raw: string): string | undefined {
  if (raw === '' || raw.includes('?') || !ordinaryPath.test(raw)) {
    return undefined;
  }
  return encodePath(decodePath(raw));
}

/** A path of these bytes: `$uri` of an ordinary path, written in the one way. */
export function encodePath(bytes: string): string {
  return bytes.replace(/[^]/g, (byte) =>
    PLAIN.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
