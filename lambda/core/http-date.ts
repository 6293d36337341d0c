// The three forms of RFC 9110 section 5.6.7; the last, of C's asctime(), names no zone and means UTC.
const FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * Reads an HTTP date. `Date.parse` alone takes `Expires: 3000` for a year.
 *
 * @returns milliseconds since 1970; undefined for anything that is not a date of RFC 9110 section 5.6.7.
 */
export function parseHttpDate(text: string): number | undefined {
  const known = FIXDATE.test(text) || RFC850.test(text) ? text : ASCTIME.test(text) ? `${text} GMT` : '';
  const time = Date.parse(known);
  return Number.isNaN(time) ? undefined : time;
}

/** Writes an HTTP date: RFC 9110 section 5.6.7, IMF-fixdate. */
export function formatHttpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}
