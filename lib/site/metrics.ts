/** Where a site's metrics are in CloudWatch, each with one dimension, `Site`: the site's name. */
export const METRIC_NAMESPACE = 'NginxMemcacheSite';

/** A site's metrics, with their units. */
export const METRIC_UNITS = {
  // Of visitors' requests, from nginx. Each counts as one of the first five.
  Hits: 'Count',
  Stale: 'Count',
  Misses: 'Count',
  Bypasses: 'Count',
  Rejected: 'Count',
  // Of the misses, what became of their pages.
  Stored: 'Count',
  Collapsed: 'Count',
  Refused: 'Count',
  // From what renders missed pages.
  FillDuration: 'Milliseconds',
  FillFailures: 'Count',
  KeyMismatches: 'Count',
  // From the function that purges.
  Purges: 'Count',
  PurgedPages: 'Count',
  PurgeFailures: 'Count',
  PurgeDuration: 'Milliseconds',
} as const;

export type MetricName = keyof typeof METRIC_UNITS;
