import fc from 'fast-check';
import { formatHttpDate, parseHttpDate } from '../../../lambda/core/http-date';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const read = (text: string) => {
  const time = parseHttpDate(text, NOW);
  return time === undefined ? undefined : new Date(time).toISOString().replace('.000Z', '');
};

test.each([
  ['the form of today', 'Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37'],
  ['the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37'],
  ['the form of asctime', 'Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37'],
  ['the form of asctime with two digits', 'Wed Nov 16 08:49:37 1994', '1994-11-16T08:49:37'],
  ['any case', 'sUN, 06 NOV 1994 08:49:37 gmt', '1994-11-06T08:49:37'],
  ['UTC for GMT', 'Sun, 06 Nov 1994 08:49:37 UTC', '1994-11-06T08:49:37'],
  ['two digits up to 50 years from now', 'Sunday, 06-Nov-76 08:49:37 GMT', '2076-11-06T08:49:37'],
  ['two digits above as the century before', 'Sunday, 06-Nov-77 08:49:37 GMT', '1977-11-06T08:49:37'],
  ['a leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00'],
  ['a leap day', 'Thu, 29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00'],
  ['a year of the first century', 'Sun, 06 Nov 0026 08:49:37 GMT', '0026-11-06T08:49:37'],
])('read: %s', (_, text, expected) => expect(read(text)).toBe(expected));

test.each([
  '',
  '0',
  '-1',
  '3000',
  '2026-03-01T12:00:00Z',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'Sun, 06 Nov 1994 8:49:37 GMT',
  'Sun, 06 Nov 1994 08.49.37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 31 Apr 1994 08:49:37 GMT',
  'Sun, 29 Feb 2026 08:49:37 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun,  06 Nov 1994 08:49:37 GMT',
  'Sun 06 Nov 1994 08:49:37 GMT',
  'Sun, 06-Nov-1994 08:49:37 GMT',
  'Sunday, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06-Nov-94 08:49:37 GMT',
  'Xyz, 06 Nov 1994 08:49:37 GMT',
  ' Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT; length=3',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
])('not a date: %j', (text) => expect(read(text)).toBeUndefined());

test('every second of four digits of a year comes back as it was written', () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 59) / 1000 });
  fc.assert(
    fc.property(seconds, (second) => expect(parseHttpDate(formatHttpDate(second * 1000), NOW)).toBe(second * 1000)),
  );
});

test('two digits of a year mean one within 50 years, whenever it is', () => {
  const years = fc.integer({ min: 1970, max: 2300 });
  fc.assert(
    fc.property(years, fc.integer({ min: 0, max: 99 }), (year, digits) => {
      const text = `Sunday, 06-Nov-${String(digits).padStart(2, '0')} 08:49:37 GMT`;
      const found = new Date(parseHttpDate(text, Date.UTC(year, 5)) ?? NaN).getUTCFullYear();
      expect([found % 100, found > year - 50 && found <= year + 50]).toEqual([digits, true]);
    }),
  );
});
