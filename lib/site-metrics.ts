import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, METRIC_UNITS, type MetricName } from './site/metrics';

/** A metric of a site's own. */
export function siteMetric(site: string, name: MetricName, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { Site: site },
    statistic: METRIC_UNITS[name] === 'Count' ? 'Sum' : 'Average',
    ...options,
  });
}

/** How many of a hundred requests that were looked up were answered from the store. */
export function hitRatio(site: string, options: cloudwatch.MetricOptions = {}): cloudwatch.MathExpression {
  return ratio(site, '100*(hits+stale)/(hits+stale+misses)', options);
}

/** The same, and 100 where a period has fewer requests than count. */
export function hitRatioOfMany(site: string, fewest: number, period: Duration): cloudwatch.MathExpression {
  const expression = `IF(hits+stale+misses >= ${fewest}, 100*(hits+stale)/(hits+stale+misses), 100)`;
  return ratio(site, expression, { period });
}

function ratio(site: string, expression: string, { period, label, color }: cloudwatch.MetricOptions) {
  // What is zero is not sent.
  const filled = (['hits', 'stale', 'misses'] as const).reduce(
    (text, name) => text.replaceAll(name, `FILL(${name},0)`),
    expression,
  );
  return new cloudwatch.MathExpression({
    expression: filled,
    usingMetrics: {
      hits: siteMetric(site, 'Hits'),
      stale: siteMetric(site, 'Stale'),
      misses: siteMetric(site, 'Misses'),
    },
    label: label ?? 'Hit ratio (%)',
    color,
    period: period ?? Duration.minutes(5),
  });
}
