/** What a site tells of itself: docs/monitoring.md says what it costs. */
export interface SiteLogProps {
  /**
   * How many of a hundred requests that are answered from the store nginx logs, with at most two decimals. The metrics count
   * all of them.
   * @default 1
   */
  readonly loggedHits?: number;
  /**
   * How many of a hundred other requests it logs: misses, requests that are not looked up, failures.
   * @default 100
   */
  readonly loggedOthers?: number;
  /**
   * Whether the site sends metrics to CloudWatch. AWS takes $0.30 a month for each of up to 15.
   * @default true
   */
  readonly metrics?: boolean;
}

/** The variable that tells programs that there are no metrics. */
export function metricsEnvironment({ metrics = true }: Pick<SiteLogProps, 'metrics'>): Record<string, string> {
  return metrics ? {} : { NMS_METRICS: 'false' };
}

/**
 * The variables that tell a task what to log.
 *
 * @throws Error for what is no percentage.
 */
export function logEnvironment(
  path: string,
  { loggedHits = 1, loggedOthers = 100, metrics }: SiteLogProps,
): Record<string, string> {
  for (const [name, value] of Object.entries({ loggedHits, loggedOthers })) {
    if (!/^(?:100|\d{1,2}(?:\.\d{1,2})?)$/.test(String(value))) {
      throw new Error(`${path}: ${name} must be a percentage from 0 to 100 with at most two decimals, got: ${value}`);
    }
  }
  return {
    NMS_LOGGED_HITS: String(loggedHits),
    NMS_LOGGED_OTHERS: String(loggedOthers),
    ...metricsEnvironment({ metrics }),
  };
}
