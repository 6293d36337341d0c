import { z } from 'zod';

// The characters of a field name or token: RFC 9110 section 5.6.2, without those that mean something in a regular
// expression or in nginx's configuration.
const FIELD_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const VARIANT_VALUE = /^[A-Za-z0-9_.-]{1,64}$/;
// Visible ASCII without quotes, backslash and `$`: what can stand in nginx's configuration as it is.
const FIELD_VALUE = /^[\x20\x21\x23\x25-\x26\x28-\x5b\x5d-\x7e]{0,256}$/;

/** A text that matches. @param rule what it must be, as the end of a sentence. */
export const text = (pattern: RegExp, rule: string) => z.string(`must be ${rule}`).regex(pattern, `must be ${rule}`);

/** A path of the site, as it can stand in patterns and in nginx's configuration. */
export const path = text(
  /^\/[A-Za-z0-9/._~!@:+,=-]{0,255}$/,
  "a path that starts with '/', of letters, digits and /._~!@:+,=-",
);
/** The name of a cookie, or how such names begin. */
export const cookieName = text(
  /^[A-Za-z0-9_.-]{1,64}\*?$/,
  "a cookie's name of letters, digits and _.-, perhaps ending in '*'",
);
/** A header's or cookie's name. */
export const fieldName = text(FIELD_NAME, "a header's name of letters, digits, _ and -");
/** A header's value, as it can stand in nginx's configuration. */
export const fieldValue = text(FIELD_VALUE, 'visible ASCII without quotes, \\ and $');
/** One of a closed set of values. */
export const variantValue = text(VARIANT_VALUE, 'a value of letters, digits and _.-');

/** Headers that decide whether a request may be cached at all. */
export const DECIDING_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'host',
  'range',
  'upgrade',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'cdn-loop',
]);

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** A host of the site. */
export const host = text(HOST, 'a host name in lower case, without a port');

export const seconds = (least: number, most: number) =>
  z
    .int('must be a whole number of seconds')
    .min(least, `must be at least ${least} seconds`)
    .max(most, `must be at most ${most} seconds`);

/** Whether no name is there twice, in any case of its letters. */
export const isWithoutRepetition = (names: readonly string[]) =>
  new Set(names.map((name) => name.toLowerCase())).size === names.length;
