import { METRIC_NAMESPACE, METRIC_UNITS, type MetricName } from '../../lib/site/metrics';

/** What was measured: a number, or each of several. */
export type Measures = Partial<Record<MetricName, number | readonly number[]>>;

/** Writes a line. */
export type Print = (line: string) => void;

/** Writes to standard output, where ECS and Lambda take logs from; nothing for a site that sends no metrics. */
export function linePrinter({ metrics }: { readonly metrics: boolean }): Print {
  return metrics ? (line) => void process.stdout.write(`${line}\n`) : () => undefined;
}

/**
 * A line from which CloudWatch Logs makes metrics: its embedded metric format. What is zero or empty is left out, which costs
 * nothing then.
 *
 * @param details what else the line says, for queries: it makes no metrics.
 * @returns undefined when nothing was measured.
 */
export function metricsLine(
  site: string,
  measures: Measures,
  details: Readonly<Record<string, unknown>> = {},
  now = Date.now(),
): string | undefined {
  const measured = Object.entries(measures).filter(
    ([, value]) => (typeof value === 'number' ? value : value.length) > 0,
  );
  if (measured.length === 0) {
    return undefined;
  }
  const metrics = measured.map(([name]) => ({ Name: name, Unit: METRIC_UNITS[name as MetricName] }));
  return JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [['Site']], Metrics: metrics }],
    },
    Site: site,
    ...Object.fromEntries(measured),
    ...details,
  });
}
