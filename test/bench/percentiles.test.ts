import { percentile } from '../../bench/percentiles';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

test.each([
  [1, 1],
  [50, 50],
  [99, 99],
  [99.5, 100],
  [100, 100],
])('the %dth percentile of the numbers 1 to 100 is %d, whatever their order', (percent, value) => {
  expect(percentile(hundred, percent)).toBe(value);
});

test('of few measurements the 99th percentile is the largest', () => {
  expect(percentile([3, 9, 5], 99)).toBe(9);
});

test('fails without measurements', () => {
  expect(() => percentile([], 50)).toThrow('no 50th percentile of 0 measurements');
});
