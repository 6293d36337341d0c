import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoredSite } from './site-monitoring';

/** Options for a site's dashboard. */
export interface SiteDashboardOptions {
  /**
   * The dashboard's name, of letters, digits, - and _.
   * @default - CloudFormation makes one
   */
  readonly dashboardName?: string;
  /**
   * How far back it looks when it is opened.
   * @default Duration.hours(3)
   */
  readonly defaultInterval?: Duration;
}

const HALF = 12;
const HEIGHT = 6;

/** Makes a site's dashboard: visitors' requests, renderings, purges, what is not well, and its pages. */
export function siteDashboard(
  site: MonitoredSite,
  evictions: cloudwatch.Metric | undefined,
  pages: cloudwatch.IWidget,
  { dashboardName, defaultInterval = Duration.hours(3) }: SiteDashboardOptions,
): cloudwatch.Dashboard {
  const dashboard = new cloudwatch.Dashboard(site, 'Dashboard', { dashboardName, defaultInterval });
  const percent = { min: 0, max: 100, showUnits: false, label: '%' };
  const duration = (statistic: string) => site.metricFillDuration({ statistic, label: statistic });
  dashboard.addWidgets(
    graph('Hit ratio', [site.metricHitRatio()], { leftYAxis: percent }),
    graph(
      'Requests',
      [site.metricHits(), site.metricStale(), site.metricMisses(), site.metricBypasses(), site.metricRejected()],
      { stacked: true },
    ),
  );
  dashboard.addWidgets(
    graph('What became of misses', [site.metricStored(), site.metricCollapsed(), site.metricRefused()], {
      stacked: true,
    }),
    graph('Fills (ms)', ['p50', 'p95', 'p99'].map(duration)),
  );
  dashboard.addWidgets(
    graph('Purges', [site.metricPurges(), site.metricPurgedPages()], { right: [site.metricPurgeDuration()] }),
    graph('What should be none', [
      site.metricFillFailures(),
      site.metricPurgeFailures(),
      site.metricKeyMismatch(),
      site.metricUnhealthyTasks(),
      ...(evictions === undefined ? [] : [evictions]),
    ]),
  );
  dashboard.addWidgets(reasons(site));
  dashboard.addWidgets(pages);
  return dashboard;
}

function graph(
  title: string,
  left: cloudwatch.IMetric[],
  options: Partial<cloudwatch.GraphWidgetProps> = {},
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, width: HALF, height: HEIGHT, liveData: true, ...options });
}

/** Why requests were not answered from the store: of nginx's log, which has a line for each of them. */
function reasons(site: MonitoredSite): cloudwatch.LogQueryWidget {
  return new cloudwatch.LogQueryWidget({
    title: 'Why requests were not answered from the store',
    logGroupNames: [site.tier.logGroup.logGroupName],
    region: Stack.of(site).region,
    queryLines: [
      'filter cache like /detail=/',
      'parse cache /detail=(?<reason>[a-z-]+)/',
      'stats count(*) as requests by reason',
      'sort requests desc',
    ],
    width: 2 * HALF,
    height: HEIGHT,
  });
}
