import { ORIGIN_ALONE, type Run, summarize } from '../../../bench/faults/comparison';
import { verdict } from '../../../bench/faults/fault-report';
import type { Kind } from '../../../bench/faults/pages';

const OTHER: Kind = 'a page of the other node';
const BROKEN: Kind = 'a page of the node that breaks';

/** A hundred answers, of which two take longer: the 99th percentile. */
const answers = (usual: number, slow: number, kind: Kind = OTHER, failed = 0) =>
  Array.from({ length: 100 }, (_, i) => ({ kind, milliseconds: i < 98 ? usual : slow, failed: i < failed }));
const round = (number: number, nothing: number, fault: number, origin: number): Run[] => [
  { fault: 'nothing broken', round: number, answers: answers(1, nothing) },
  { fault: 'broken', round: number, answers: answers(2, fault, BROKEN, number) },
  { fault: ORIGIN_ALONE, round: number, answers: answers(20, origin) },
];
const ROUNDS = [...round(0, 10, 30, 25), ...round(1, 100, 150, 110), ...round(2, 10, 15, 21)];

test('growth is taken within a round, so that a slow round does not count; times are medians', () => {
  expect(summarize(ROUNDS, 'broken', 'nothing broken')).toMatchObject({ p50: 2, p99: 30, growth: 20, aboveOrigin: 5 });
});

test('requests and failures are those of all rounds', () => {
  expect(summarize(ROUNDS, 'broken', 'nothing broken')).toMatchObject({ requests: 300, failed: 3 });
});

test('the run without a fault does not grow', () => {
  expect(summarize(ROUNDS, 'nothing broken', 'nothing broken').growth).toBe(0);
});

test('percentiles of a kind count its answers alone', () => {
  const mixed = [{ fault: 'broken', round: 0, answers: [...answers(1, 2), ...answers(5, 9, BROKEN)] }];
  const others = round(0, 1, 1, 1).filter(({ fault }) => fault !== 'broken');
  const { p99Of } = summarize([...mixed, ...others], 'broken', 'nothing broken');
  expect([p99Of(OTHER), p99Of(BROKEN)]).toEqual([2, 9]);
});

test('fails for a round without what it is compared with', () => {
  const alone = ROUNDS.filter(({ fault, round: number }) => fault !== ORIGIN_ALONE || number !== 1);
  expect(() => summarize(alone, 'broken', 'nothing broken')).toThrow(
    'round 1 has no measurement of: the origin directly',
  );
});

test.each([
  [50, 50, 'met'],
  [50.1, 50, 'MISSED'],
  [-3, 50, 'met'],
  [1000, undefined, ''],
])('a growth of %d ms where %s are allowed is: %s', (growth, mayGrow, said) => {
  expect(verdict(growth, mayGrow)).toBe(said);
});
