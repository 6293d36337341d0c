import { metricsLine } from '../lambda/adapters/metrics';
import type { MetricName } from '../lib/site/metrics';

/** How many requests went which way since nginx started, by the names of request_counts.lua. */
export type RequestCounts = Readonly<Record<string, number>>;

type TrafficMetric = Extract<
  MetricName,
  'Hits' | 'Stale' | 'Misses' | 'Bypasses' | 'Rejected' | 'Stored' | 'Collapsed' | 'Refused'
>;

/** The metrics of requests. */
export type Traffic = Readonly<Record<TrafficMetric, number>>;

/** Tells CloudWatch what visitors' requests came to since it told it last. */
export class TrafficReport {
  private last: RequestCounts = {};

  public constructor(
    private readonly site: string,
    /** Reads what nginx has counted. */
    private readonly read: () => Promise<RequestCounts>,
  ) {}

  /** @returns undefined where there were no requests. @throws Error where nginx does not say. */
  public async line(): Promise<string | undefined> {
    const now = await this.read();
    const since = Object.entries(now).map(([name, count]) => [name, count - (this.last[name] ?? 0)] as const);
    this.last = now;
    const requests = Object.fromEntries(since.filter(([, count]) => count > 0));
    return metricsLine(this.site, trafficOf(requests), { requests });
  }
}

/** Reads what nginx says at its status address. @throws Error when it does not answer. */
export async function readCounts(statusListen: string): Promise<RequestCounts> {
  const address = statusListen.includes(':') ? statusListen : `127.0.0.1:${statusListen}`;
  const response = await fetch(`http://${address}/counts`, { signal: AbortSignal.timeout(1000) });
  if (!response.ok) {
    throw new Error(`nginx answered ${response.status} at http://${address}/counts`);
  }
  return (await response.json()) as RequestCounts;
}

/** The metrics of requests: each is one of hit, stale, miss, bypass and rejected; of misses, what became of their pages. */
export function trafficOf(requests: RequestCounts): Traffic {
  const sum = (isIn: (name: string) => boolean) =>
    Object.entries(requests).reduce((total, [name, count]) => (isIn(name) ? total + count : total), 0);
  const isStale = (name: string) => /:stale-(?:while-revalidate|if-error)$/.test(name);
  const isHit = (name: string) => /^hit(?::|$)/.test(name) && !isStale(name);
  const isBypass = (name: string) => /^(?:bypass|method)(?::|$)/.test(name);
  const isRejected = (name: string) => /^(?:refused|none)(?::|$)/.test(name);
  const isMiss = (name: string) => ![isStale, isHit, isBypass, isRejected].some((is) => is(name));
  const isStored = (name: string) => isMiss(name) && /:(?:stored|kept|kept-validated)$/.test(name);
  const isCollapsed = (name: string) => isMiss(name) && name.endsWith(':collapsed');
  return {
    Hits: sum(isHit),
    Stale: sum(isStale),
    Misses: sum(isMiss),
    Bypasses: sum(isBypass),
    Rejected: sum(isRejected),
    Stored: sum(isStored),
    Collapsed: sum(isCollapsed),
    Refused: sum((name) => isMiss(name) && !isStored(name) && !isCollapsed(name)),
  };
}
