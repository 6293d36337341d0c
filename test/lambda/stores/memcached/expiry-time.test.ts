import fc from 'fast-check';
import { expiryTime } from '../../../../lambda/stores/memcached/expiry-time';

const NOW = Date.UTC(2026, 2, 1, 12) / 1000;
const MONTH = 30 * 86_400;

test.each([
  ['whole seconds', 60, 0, 60],
  ['what is left of a second not at all', 60, 0.001, 59],
  ['less than a second as one', 1, 0.999, 1],
  ['what is over as gone', 0, 0, -1],
  ['what is long over as gone', -100, 0.5, -1],
  ['a month', MONTH, 0, MONTH],
  ['more than a month as a moment, less what a clock may lag', MONTH + 1, 0, NOW + MONTH + 1 - 2],
])('%s', (_, seconds, fraction, expected) => {
  expect(expiryTime(NOW + seconds, (NOW + fraction) * 1000)).toBe(expected);
});

/** When a value is last answered, by a clock that stands still between its steps. */
function lastAnswered(expiry: number, storedAt: number, phase: number): number {
  const lastStep = Math.floor(storedAt - phase) + phase;
  return lastStep + expiry;
}

test('no value of two seconds or more is answered after its end, wherever in its second the node steps', () => {
  const part = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: MONTH }), part, part, (seconds, fraction, phase) => {
      const storedAt = NOW + fraction;
      const end = lastAnswered(expiryTime(NOW + seconds, storedAt * 1000), storedAt, phase);
      expect(end <= NOW + seconds).toBe(true);
      expect(end > storedAt).toBe(true);
    }),
  );
});
