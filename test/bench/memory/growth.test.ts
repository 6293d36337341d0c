import fc from 'fast-check';
import { growthOf, isFlat, mostGrowth } from '../../../bench/memory/growth';

const MIB = 1024 * 1024;

test('growth is from the lowest of the first third to the lowest of the last', () => {
  expect(growthOf([20, 10, 30, 99, 1, 99, 15, 40, 12])).toEqual({ warm: 10, end: 12 });
  expect(growthOf([3, 5])).toEqual({ warm: 3, end: 5 });
});

test.each([[[]], [[1]]])('fails for %j, in which nothing can grow', (samples) => {
  expect(() => growthOf(samples)).toThrow(`growth needs at least 2 samples after the warm-up, got: ${samples.length}`);
});

test('garbage that comes and goes is no growth', () => {
  const garbage = fc.array(fc.integer({ min: 0, max: 200 * MIB }), { minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(garbage, (heights) => {
      const third = Math.floor(heights.length / 3);
      // It is collected once in each part.
      const samples = heights.map((height, i) => 100 * MIB + (i % third === 0 ? 0 : height));
      expect(isFlat(growthOf(samples))).toBe(true);
    }),
  );
});

test('30 bytes kept of each of 100,000 requests are growth, under whatever garbage', () => {
  const garbage = fc.array(fc.integer({ min: 0, max: 200 * MIB }), { minLength: 19, maxLength: 19 });
  fc.assert(
    fc.property(garbage, (heights) => {
      const samples = heights.map((height, i) => 28 * MIB + (i % 6 === 0 ? 0 : height) + i * (8000 * 30));
      const growth = growthOf(samples);
      expect(growth.end - growth.warm).toBeGreaterThan(mostGrowth(growth));
    }),
  );
});

test('what gets smaller is flat', () => {
  expect(isFlat({ warm: 100, end: 1 })).toBe(true);
  expect([isFlat({ warm: 100, end: 110 }), isFlat({ warm: 100, end: 111 })]).toEqual([true, false]);
});
