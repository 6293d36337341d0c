import { median } from '../page-caches/statistics';
import { percentile } from '../percentiles';
import type { Kind } from './pages';
import type { Answer } from './visitors';

/** One fault in one round. */
export interface Run {
  readonly fault: string;
  readonly round: number;
  readonly answers: readonly Answer[];
}

/** The name under which the application's own answers run. */
export const ORIGIN_ALONE = 'the origin directly';

/** What all rounds say of a fault. Times are medians of the rounds, in milliseconds. */
export interface Summary {
  readonly requests: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  /** How much larger the 99th percentile is than without the fault, in the same round. */
  readonly growth: number;
  /** How much larger it is than the application's own. */
  readonly aboveOrigin: number;
  readonly p99Of: (kind: Kind) => number;
}

/** @param nothing the name of the run without a fault. @throws Error when a round lacks what it is compared with. */
export function summarize(runs: readonly Run[], fault: string, nothing: string): Summary {
  const own = runs.filter((run) => run.fault === fault);
  const answers = own.flatMap((run) => run.answers);
  const middle = (value: (run: Run) => number) => median(own.map(value));
  const above = (other: string) => (run: Run) => time(run, 99) - time(sameRound(runs, run, other), 99);
  return {
    requests: answers.length,
    failed: answers.filter(({ failed }) => failed).length,
    p50: middle((run) => time(run, 50)),
    p99: middle((run) => time(run, 99)),
    growth: middle(above(nothing)),
    aboveOrigin: middle(above(ORIGIN_ALONE)),
    p99Of: (kind) => middle((run) => time(run, 99, kind)),
  };
}

function sameRound(runs: readonly Run[], { round }: Run, fault: string): Run {
  const found = runs.find((run) => run.round === round && run.fault === fault);
  if (found === undefined) throw new Error(`round ${round} has no measurement of: ${fault}`);
  return found;
}

function time({ answers }: Run, percent: number, kind?: Kind): number {
  const counted = answers.filter((answer) => kind === undefined || answer.kind === kind);
  return percentile(
    counted.map(({ milliseconds }) => milliseconds),
    percent,
  );
}
