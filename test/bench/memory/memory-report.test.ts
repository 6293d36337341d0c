import { clock, growthReport, outcomeReport, sampleLine } from '../../../bench/memory/memory-report';

const MIB = 1024 * 1024;

test('the lines of a run stand under each other', () => {
  const lines = [
    ['time', 'requests', 'memcached 1'],
    ['10:00', '1,234,567', '128.0 MiB'],
  ].map(sampleLine);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(lines[1]).toMatch(/^ +10:00 +1,234,567 +128\.0 MiB$/);
});

test('a time is in minutes and seconds', () => {
  expect([0, 59.9, 60, 599, 3600].map(clock)).toEqual(['0:00', '0:59', '1:00', '9:59', '60:00']);
});

test('answers come with the most frequent first', () => {
  const outcomes = new Map([
    ['detail=private', 1000],
    ['stored', 3000],
  ]);
  expect(outcomeReport({ requests: 4000, outcomes })).toBe(
    ['  all             4,000', '  stored          3,000', '  detail=private  1,000'].join('\n'),
  );
});

test('what grows by more than a tenth is called so', () => {
  const growths = new Map([
    ['worker 1', { warm: 16 * MIB, end: 17 * MIB }],
    ['writer', { warm: 100 * MIB, end: 111 * MIB }],
  ]);
  expect(growthReport(growths).split('\n').slice(1)).toEqual([
    '  worker 1   16.0 MiB   17.0 MiB   1.0 MiB   1.6 MiB   flat',
    '  writer    100.0 MiB  111.0 MiB  11.0 MiB  10.0 MiB  GROWS',
  ]);
});
