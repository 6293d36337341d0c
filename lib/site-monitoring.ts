import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { traceFunctions } from './function-traces';
import type { NginxTier } from './nginx-tier';
import { SiteAlarms, type SiteAlarmsOptions } from './site-alarms';
import { siteDashboard, type SiteDashboardOptions } from './site-dashboard';
import { hitRatio, siteMetric } from './site-metrics';
import type { MetricName } from './site/metrics';

/**
 * What tells how a site does: its metrics in CloudWatch, a dashboard, alarms. docs/monitoring.md says what each means. What is
 * zero in a minute is not sent. The methods of the site's own metrics throw Error where it sends none.
 */
export abstract class MonitoredSite extends Construct {
  /** The site's name in keys, index rows, metrics and the signatures of cookies. */
  public abstract readonly siteName: string;
  /** nginx and the writer. */
  public abstract readonly tier: NginxTier;

  /** The ElastiCache cluster of the pages, where the site made it. */
  protected abstract readonly cacheClusterId?: string;

  /** The pages of the site, on a dashboard. */
  protected abstract pagesWidget(): cloudwatch.IWidget;
  /** Whether the site sends metrics. */
  protected abstract readonly hasMetrics: boolean;

  /** How many of a hundred requests that were looked up were answered from the store; over 5 minutes. */
  public metricHitRatio(options?: cloudwatch.MetricOptions): cloudwatch.MathExpression {
    this.checkMetrics();
    return hitRatio(this.siteName, options);
  }

  /** Requests that were answered from the store; the sum over 5 minutes. */
  public metricHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Hits', options);
  }

  /** Requests that were answered with what the origin gave before, because it failed or was being asked; the sum over 5 minutes. */
  public metricStale(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Stale', options);
  }

  /** Requests that were looked up and not found; the sum over 5 minutes. */
  public metricMisses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Misses', options);
  }

  /** Requests that were not looked up: a cookie, a method, a path; the sum over 5 minutes. */
  public metricBypasses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Bypasses', options);
  }

  /** Requests that nginx refused itself: hosts that are not the site's, loops; the sum over 5 minutes. */
  public metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Rejected', options);
  }

  /** Misses whose page was stored; the sum over 5 minutes. */
  public metricStored(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Stored', options);
  }

  /** Misses that another request's rendering answered; the sum over 5 minutes. */
  public metricCollapsed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Collapsed', options);
  }

  /** Misses whose page was not stored, whatever the reason; the sum over 5 minutes. */
  public metricRefused(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Refused', options);
  }

  /** How long missed pages took to render and to store, in milliseconds; the average over 5 minutes. */
  public metricFillDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('FillDuration', options);
  }

  /** Fills that the origin, Memcached or DynamoDB did not answer in time, or that broke; the sum over 5 minutes. */
  public metricFillFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('FillFailures', options);
  }

  /** Requests of which nginx and the writer computed different keys; the sum over 5 minutes. There should be none. */
  public metricKeyMismatch(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('KeyMismatches', options);
  }

  /** Purges; the sum over 5 minutes. */
  public metricPurges(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('Purges', options);
  }

  /** Pages that purges removed or rendered anew; the sum over 5 minutes. */
  public metricPurgedPages(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('PurgedPages', options);
  }

  /** Purges that failed: pages that they select may still be answered; the sum over 5 minutes. */
  public metricPurgeFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('PurgeFailures', options);
  }

  /** How long purges took, in milliseconds; the average over 5 minutes. */
  public metricPurgeDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.own('PurgeDuration', options);
  }

  /**
   * Pages that were pushed out before their time, because the nodes are full; the sum over 5 minutes.
   *
   * @throws Error where the site has not made the cluster (`PageCache.cluster()`).
   */
  public metricEvictions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const metric = this.evictions(options);
    if (metric === undefined) {
      throw new Error(
        `${this.node.path}: metricEvictions needs an ElastiCache cluster that the site made, PageCache.cluster(): of other nodes it knows no name`,
      );
    }
    return metric;
  }

  /** Tasks that do not answer the load balancer's health checks; the most at once within a minute. */
  public metricUnhealthyTasks(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.tier._targetGroup.metrics.unhealthyHostCount({ statistic: 'Maximum', ...options });
  }

  /**
   * A dashboard of the site: $3 a month, after the account's first three. Once for each site.
   *
   * @throws Error for a site without metrics.
   */
  public addDashboard(options: SiteDashboardOptions = {}): cloudwatch.Dashboard {
    this.checkMetrics();
    return siteDashboard(this, this.evictions(), this.pagesWidget(), options);
  }

  /**
   * Alarms that tell a topic when the site is not well, and those that the site has by itself (`purgeAlarm` and others). A
   * topic that is encrypted with a key of your own must let CloudWatch use it. Once for each site.
   *
   * @throws Error for limits that no metric can reach, and for a site without metrics.
   */
  public addAlarms(topic: sns.ITopic, options: SiteAlarmsOptions = {}): SiteAlarms {
    this.checkMetrics();
    return new SiteAlarms(this, 'Alarms', { ...options, topic, site: this, evictions: this.evictions() });
  }

  /**
   * Has X-Ray trace the site's functions: purges, writes, warms, and the fills of `Fill.function()`. AWS takes $5 for a million
   * traces, after 100,000 of a month. nginx logs the trace id that the load balancer gives each request.
   */
  public traceFunctions(): void {
    traceFunctions(this);
  }

  private own(name: MetricName, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    this.checkMetrics();
    return siteMetric(this.siteName, name, options);
  }

  private checkMetrics(): void {
    if (!this.hasMetrics) {
      throw new Error(`${this.node.path}: the site sends no metrics (metrics: false): there is nothing to look at`);
    }
  }

  private evictions(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric | undefined {
    return this.cacheClusterId === undefined
      ? undefined
      : new cloudwatch.Metric({
          namespace: 'AWS/ElastiCache',
          metricName: 'Evictions',
          dimensionsMap: { CacheClusterId: this.cacheClusterId },
          statistic: 'Sum',
          ...options,
        });
  }
}
