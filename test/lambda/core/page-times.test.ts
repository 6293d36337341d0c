import fc from 'fast-check';
import { pageTimes, readTimes, timesHeader, withAge } from '../../../lambda/core/page-times';
import type { HeaderPair, PageResponse } from '../../../lambda/core/page';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const page = (...headers: HeaderPair[]): PageResponse => ({ status: 200, headers, body: Buffer.of() });
const ages = (response: PageResponse) => response.headers.filter(([name]) => name.toLowerCase() === 'age');

test('times come back as they were written', () => {
  const seconds = fc.nat(999_999_999_999);
  fc.assert(
    fc.property(seconds, seconds, (bornAt, freshUntil) =>
      expect(readTimes(timesHeader({ bornAt, freshUntil }))).toEqual({ bornAt, freshUntil }),
    ),
  );
});

test('what was not written so are no times', () => {
  for (const value of ['', '1', '1  2', '-1 2', '1 2 3', 'a b', '1.5 2']) {
    expect(readTimes(['X-Nms-Times', value])).toBeUndefined();
  }
  expect(readTimes(['Age', '1 2'])).toBeUndefined();
});

test('an origin may say any age and date: they can be written', () => {
  const words = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constant('99999999999999'),
    fc.date().map((d) => d.toUTCString()),
  );
  fc.assert(
    fc.property(words, words, fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), (age, date, ttl) => {
      const times = pageTimes(page(['Age', age], ['Date', date]), NOW, ttl);
      expect(readTimes(timesHeader(times))).toEqual(times);
    }),
  );
});

test('the age from the store takes the place of the one with which a page came, and is never below 0', () => {
  const came = { ...page(['AGE', '100']), times: { bornAt: NOW / 1000 - 100, freshUntil: NOW / 1000 } };
  expect(ages(withAge(came, NOW + 5000))).toEqual([['Age', '105']]);
  expect(ages(withAge(came, NOW - 500_000))).toEqual([['Age', '0']]);
});

test('a page whose times are not known keeps what it says', () => {
  expect(withAge(page(['Age', '7']), NOW)).toEqual(page(['Age', '7']));
});
