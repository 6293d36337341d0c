import { dollars } from '../../bench/cost';

test('a million read units cost an eighth of a dollar, a million write units five eighths', () => {
  expect(dollars({ read: 1e6, write: 0 })).toBe(0.125);
  expect(dollars({ read: 0, write: 1e6 })).toBe(0.625);
});

test('both are added', () => {
  expect(dollars({ read: 5, write: 4 }) * 1e6).toBeCloseTo(3.125, 10);
});
