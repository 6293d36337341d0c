import { type Fill, outcomeOf } from './answer-nginx';
import type { Log } from './log-json';
import { metricsLine } from './metrics';

// CloudWatch takes this many values of a metric in a line.
const MOST_VALUES = 100;
// What is nobody's decision: something did not answer, or broke.
const FAILURES: ReadonlySet<string> = new Set([
  'view-failed',
  'late',
  'busy',
  'malformed',
  'store-unreachable',
  'index-unreachable',
]);

/** What fills came to since the last line: how long they took, how they ended, and what was wrong. */
export class FillMetrics {
  private durations: number[] = [];
  private fills = 0;
  private failures = 0;
  private mismatches = 0;
  private outcomes: Record<string, number> = {};

  public constructor(
    private readonly site: string,
    private readonly clock: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  /** The same fill, measured. */
  public measured(fill: Fill): Fill {
    return async (...asked) => {
      const began = this.clock();
      const filled = await fill(...asked);
      this.took(this.clock() - began, outcomeOf(filled));
      return filled;
    };
  }

  /** The same log, whose events count where they tell of a failure. */
  public counted(log: Log): Log {
    return (event, details) => {
      if (event === 'fill-failed') this.failures += 1;
      if (event === 'key-mismatch') this.mismatches += 1;
      log(event, details);
    };
  }

  /** The line for CloudWatch, from which everything begins anew; undefined where nothing happened. */
  public line(): string | undefined {
    const { durations, failures, mismatches, outcomes } = this;
    const measures = { FillDuration: durations, FillFailures: failures, KeyMismatches: mismatches };
    [this.durations, this.fills, this.failures, this.mismatches, this.outcomes] = [[], 0, 0, 0, {}];
    return metricsLine(this.site, measures, { fills: outcomes });
  }

  private took(milliseconds: number, outcome: string): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    if (FAILURES.has(outcome)) this.failures += 1;
    this.fills += 1;
    // Of more than a line takes, each is in it as likely as every other.
    const at = this.fills <= MOST_VALUES ? this.fills - 1 : Math.floor(this.random() * this.fills);
    if (at < MOST_VALUES) this.durations[at] = Math.round(milliseconds * 10) / 10;
  }
}
