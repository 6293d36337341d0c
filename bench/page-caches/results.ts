import { amount, section, table } from '../report';
import { LIMIT, OURS, OURS_PER_NODE, RIVALS } from './contenders';
import { type Cell, cellTitle, isHot } from './matrix';
import type { Measurement, Rounds } from './measure';
import { median, medianRatio } from './statistics';

/** How many requests for a hot page, at the least, are answered for each one of another's. */
export interface Target {
  readonly name: string;
  readonly other: string;
  readonly ratio: number;
}

export const TARGETS: readonly Target[] = [
  { name: OURS, other: LIMIT, ratio: 0.4 },
  { name: OURS_PER_NODE, other: LIMIT, ratio: 0.85 },
  { name: OURS_PER_NODE, other: 'proxy_cache', ratio: 0.95 },
  { name: OURS_PER_NODE, other: 'Varnish', ratio: 1.5 },
];

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
  const rows = TARGETS.flatMap((target) =>
    results.filter(([cell]) => isHot(cell)).map(([cell, rounds]) => targetRow(target, cell, rounds)),
  );
  return section('Targets on hot pages', table([heading, ...rows]));
}

function targetRow({ name, other, ratio: target }: Target, cell: Cell, rounds: Rounds): string[] {
  const ratio = speedRatio(rounds, name, other);
  const byTime = medianRatio(serverTimes(rounds, other), serverTimes(rounds, name));
  const title = `${name} of ${other}, ${cell.kilobytes} kB`;
  return [title, amount(ratio, 2), `>= ${amount(target, 2)}`, ratio >= target ? 'met' : 'MISSED', amount(byTime, 2)];
}

/** How many requests per second a contender answers for each one of another's. */
export function speedRatio(rounds: Rounds, name: string, other: string): number {
  const speeds = (of: string) => (rounds.get(of) ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
  return medianRatio(speeds(name), speeds(other));
}

function serverTimes(rounds: Rounds, name: string): number[] {
  return (rounds.get(name) ?? []).map(({ serverTime }) => serverTime);
}
