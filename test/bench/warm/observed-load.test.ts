import { ObservedLoad } from '../../../bench/warm/observed-load';

const loadOf = (...times: number[]) => {
  const load = new ObservedLoad();
  times.forEach((time) => load.begin(time));
  return load;
};

test('the rate is that between the first request and the last', () => {
  expect(loadOf(0, 100, 200, 300, 400).perSecond).toBe(10);
  expect([loadOf().perSecond, loadOf(7).perSecond]).toEqual([0, 1]);
});

test('the busiest time may begin anywhere, and its end is not in it', () => {
  const load = loadOf(0, 900, 950, 1000, 1899, 1900, 5000);
  expect(load.busiest(1000)).toBe(4);
  expect(load.busiest(100)).toBe(2);
  expect(loadOf(0, 1000, 2000).busiest(1000)).toBe(1);
});

test('what is under way at once is counted until it ends', () => {
  const load = loadOf(0, 0);
  load.end();
  load.begin(1);
  load.end();
  load.end();
  expect([load.mostAtOnce, load.count]).toEqual([2, 3]);
});
