import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { NginxTier } from './nginx-tier';
import { SiteAlarms, type SiteAlarmsOptions } from './site-alarms';
import { siteDashboard, type SiteDashboardOptions } from './site-dashboard';
import { hitRatio, siteMetric } from './site-metrics';

/**
 * What tells how a site does: its metrics in CloudWatch, a dashboard, alarms. docs/monitoring.md says what each means. What is
 * zero in a minute is not sent.
 */
export abstract class MonitoredSite extends Construct {
  /** The site's name in keys, index rows, metrics and the signatures of cookies. */
  public abstract readonly siteName: string;
  /** nginx and the writer. */
  public abstract readonly tier: NginxTier;

  /** The ElastiCache cluster of the pages, where the site made it. */
  protected abstract readonly cacheClusterId?: string;

  /** How many of a hundred requests that were looked up were answered from the store; over 5 minutes. */
  public metricHitRatio(options?: cloudwatch.MetricOptions): cloudwatch.MathExpression {
    return hitRatio(this.siteName, options);
  }

  /** Requests that were answered from the store; the sum over 5 minutes. */
  public metricHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Hits', options);
  }

  /** Requests that were answered with what the origin gave before, because it failed or was being asked; the sum over 5 minutes. */
  public metricStale(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Stale', options);
  }

  /** Requests that were looked up and not found; the sum over 5 minutes. */
  public metricMisses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Misses', options);
  }

  /** Requests that were not looked up: a cookie, a method, a path; the sum over 5 minutes. */
  public metricBypasses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Bypasses', options);
  }

  /** Requests that nginx refused itself: hosts that are not the site's, loops; the sum over 5 minutes. */
  public metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Rejected', options);
  }

  /** Misses whose page was stored; the sum over 5 minutes. */
  public metricStored(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Stored', options);
  }

  /** Misses that another request's rendering answered; the sum over 5 minutes. */
  public metricCollapsed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Collapsed', options);
  }

  /** Misses whose page was not stored, whatever the reason; the sum over 5 minutes. */
  public metricRefused(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Refused', options);
  }

  /** How long missed pages took to render and to store, in milliseconds; the average over 5 minutes. */
  public metricFillDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'FillDuration', options);
  }

  /** Fills that the origin, Memcached or DynamoDB did not answer in time, or that broke; the sum over 5 minutes. */
  public metricFillFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'FillFailures', options);
  }

  /** Requests of which nginx and the writer computed different keys; the sum over 5 minutes. There should be none. */
  public metricKeyMismatch(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'KeyMismatches', options);
  }

  /** Purges; the sum over 5 minutes. */
  public metricPurges(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'Purges', options);
  }

  /** Pages that purges removed or rendered anew; the sum over 5 minutes. */
  public metricPurgedPages(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'PurgedPages', options);
  }

  /** Purges that failed: pages that they select may still be answered; the sum over 5 minutes. */
  public metricPurgeFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'PurgeFailures', options);
  }

  /** How long purges took, in milliseconds; the average over 5 minutes. */
  public metricPurgeDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.siteName, 'PurgeDuration', options);
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

  /** A dashboard of the site: $3 a month, after the account's first three. Once for each site. */
  public addDashboard(options: SiteDashboardOptions = {}): cloudwatch.Dashboard {
    return siteDashboard(this, this.evictions(), options);
  }

  /**
   * Alarms that tell a topic when the site is not well, and those that the site has by itself (`purgeAlarm` and others). A
   * topic that is encrypted with a key of your own must let CloudWatch use it. Once for each site.
   *
   * @throws Error for limits that no metric can reach.
   */
  public addAlarms(topic: sns.ITopic, options: SiteAlarmsOptions = {}): SiteAlarms {
    return new SiteAlarms(this, 'Alarms', { ...options, topic, site: this, evictions: this.evictions() });
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
