const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const DAY_NAME = '(?:mon|tue|wed|thu|fri|sat|sun)';
const LONG_DAY_NAME = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
// The 61st second is a leap second.
const TIME = String.raw`(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d):(?<second>[0-5]\d|60)`;
// The three forms of RFC 9110 section 5.6.7; the last, of C's asctime(), names no zone and means UTC. Caches read them in any
// case, and UTC for GMT: RFC 9111 section 4.2.
const FORMS = [
  String.raw`${DAY_NAME}, (?<day>\d{2}) ${MONTH} (?<year>\d{4}) ${TIME} (?:GMT|UTC)`,
  String.raw`${LONG_DAY_NAME}, (?<day>\d{2})-${MONTH}-(?<year>\d{2}) ${TIME} (?:GMT|UTC)`,
  String.raw`${DAY_NAME} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/**
 * Reads an HTTP date. `Date.parse` alone takes `Expires: 3000` for a year.
 *
 * @param nowMs by which two digits of a year are understood.
 * @returns milliseconds since 1970; undefined for anything that is not a date of RFC 9110 section 5.6.7.
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const found = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) {
    return undefined;
  }
  const { year = '', month = '', day, hour, minute, second } = found;
  const date = new Date(0);
  // Unlike `Date.UTC`, it takes the year 26 for the year 26.
  date.setUTCFullYear(fullYear(year, nowMs), MONTHS.indexOf(month.toLowerCase()), Number(day));
  // 31 April, which is no day, would be the first of May.
  const isDay = date.getUTCDate() === Number(day);
  return isDay ? date.setUTCHours(Number(hour), Number(minute), Number(second)) : undefined;
}

/** RFC 9110 section 5.6.7: two digits mean the last such year that is not more than 50 years from now. */
function fullYear(digits: string, nowMs: number): number {
  const latest = new Date(nowMs).getUTCFullYear() + 50;
  return digits.length === 2 ? latest - ((latest - Number(digits)) % 100) : Number(digits);
}

/** Writes an HTTP date: RFC 9110 section 5.6.7, IMF-fixdate. */
export function formatHttpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}
