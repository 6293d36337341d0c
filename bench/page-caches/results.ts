import { amount, section, table } from '../report';
import { LIMIT, OURS, RIVALS } from './contenders';
import { type Cell, cellTitle, isHot } from './matrix';
import type { Measurement, Rounds } from './measure';
import { median, medianRatio } from './statistics';

/** The least share of static gzip's requests per second that hits of a hot page reach, without the per-node cache. */
export const HOT_TARGET = 0.4;

/** A cell's table: ratios first, since they travel from machine to machine. */
export function cellReport(cell: Cell, rounds: Rounds): string {
  const heading = [
    '',
    ...[LIMIT, ...RIVALS].map((name) => `of ${name}`),
    'requests/s',
    'p50 ms',
    'p99 ms',
    'server µs',
    'store µs',
  ];
  const rows = [...rounds].map(([name, measurements]) => {
    const middle = (value: (measurement: Measurement) => number) => median(measurements.map(value));
    return [
      name,
      ...[LIMIT, ...RIVALS].map((other) => amount(speedRatio(rounds, name, other), 2)),
      amount(middle(({ requestsPerSecond }) => requestsPerSecond)),
      amount(middle(({ p50 }) => p50) / 1000, 2),
      amount(middle(({ p99 }) => p99) / 1000, 2),
      amount(
        middle(({ serverTime }) => serverTime),
        1,
      ),
      amount(
        middle(({ storeTime }) => storeTime),
        1,
      ),
    ];
  });
  return section(cellTitle(cell), table([heading, ...rows]));
}

/** The targets with their verdicts. Beside each the ratio by processor time, on which other work has less influence. */
export function targetReport(results: readonly (readonly [Cell, Rounds])[]): string {
  const heading = ['', 'measured', 'target', '', 'by processor time'];
  const rows = results
    .filter(([cell]) => isHot(cell))
    .map(([cell, rounds]) => {
      const ratio = speedRatio(rounds, OURS, LIMIT);
      const byTime = medianRatio(serverTimes(rounds, LIMIT), serverTimes(rounds, OURS));
      return [cellTitle(cell), amount(ratio, 2), `>= ${amount(HOT_TARGET, 2)}`, verdict(ratio), amount(byTime, 2)];
    });
  return section(`Targets: hot pages, ${OURS} of ${LIMIT}`, table([heading, ...rows]));
}

/** Whether a ratio reaches the target. */
export function verdict(ratio: number): 'met' | 'MISSED' {
  return ratio >= HOT_TARGET ? 'met' : 'MISSED';
}

/** How many requests per second a contender answers for each one of another's. */
export function speedRatio(rounds: Rounds, name: string, other: string): number {
  const speeds = (of: string) => (rounds.get(of) ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
  return medianRatio(speeds(name), speeds(other));
}

function serverTimes(rounds: Rounds, name: string): number[] {
  return (rounds.get(name) ?? []).map(({ serverTime }) => serverTime);
}
