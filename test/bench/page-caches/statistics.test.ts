import { median, medianRatio } from '../../../bench/page-caches/statistics';

test('the median is the value in the middle, in any order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10])).toBe(10);
});

test('the median of an even number is between the two in the middle', () => {
  expect(median([100, 1, 3, 2])).toBe(2.5);
});

test('ratios are taken within a round, so that a slow round does not count', () => {
  expect(medianRatio([50, 5, 40], [100, 10, 100])).toBe(0.5);
});

test('fails without values, and for different numbers of rounds', () => {
  expect(() => median([])).toThrow('nothing has no median');
  expect(() => medianRatio([1, 2], [1])).toThrow('2 rounds against 1');
});
