import { percentile } from '../percentiles';

/** Times of one way to a page, in milliseconds. */
export interface HostTimes {
  readonly name: string;
  readonly times: readonly number[];
}

/** What a way to a page costs beside asking the origin itself. */
export interface Overhead {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds more than the origin at the median. */
  readonly added: number;
  /** Times as long as the origin at the median. */
  readonly ratio: number;
}

/** Compares ways to the same pages with the first of them, the origin itself. */
export function overheads([origin, ...hosts]: readonly [HostTimes, ...HostTimes[]]): Overhead[] {
  const alone = percentile(origin.times, 50);
  return [origin, ...hosts].map(({ name, times }) => {
    const p50 = percentile(times, 50);
    return { name, p50, p99: percentile(times, 99), added: p50 - alone, ratio: p50 / alone };
  });
}
