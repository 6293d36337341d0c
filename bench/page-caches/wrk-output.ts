/** What wrk says of a run. */
export interface WrkResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** In microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with an error's status, and connections that failed. */
  readonly errors: number;
}

const MICROSECONDS = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };

/** Reads what `wrk --latency` prints. */
export function parseWrkOutput(output: string): WrkResult {
  const find = (pattern: RegExp) => {
    const match = pattern.exec(output);
    if (match === null) throw new Error(`wrk did not say ${pattern.source}:\n${output}`);
    return match;
  };
  const percentile = (percent: number) => {
    const [, value, unit] = find(new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s|m|h)$`, 'm'));
    return Number(value) * MICROSECONDS[unit as keyof typeof MICROSECONDS];
  };
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)?.slice(1) ?? [];
  const statuses = /Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? '0';
  return {
    requests: Number(find(/^ +(\d+) requests in /m)[1]),
    requestsPerSecond: Number(find(/^Requests\/sec: +([\d.]+)$/m)[1]),
    p50: percentile(50),
    p99: percentile(99),
    errors: [...sockets, statuses].reduce((total, count) => total + Number(count), 0),
  };
}
