import { Aspects, Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { hitRatioOfMany } from './site-metrics';
import type { MonitoredSite } from './site-monitoring';

/** When alarms go off. */
export interface SiteAlarmsOptions {
  /**
   * The percentage of looked-up requests that should be answered from the store: the alarm goes off when it was less for half
   * an hour, with 100 requests or more in each 5 minutes. 0 leaves the alarm out.
   * @default 50
   */
  readonly minHitRatio?: number;
  /**
   * How many pages may be pushed out of full nodes in 5 minutes: the alarm goes off when it was more for a quarter of an hour.
   * @default 100
   */
  readonly maxEvictions?: number;
  /**
   * How many fills may fail in 5 minutes: the alarm goes off when it was more for a quarter of an hour.
   * @default 10
   */
  readonly maxFillFailures?: number;
}

/** What a site's alarms are made of. */
export interface SiteAlarmsProps extends SiteAlarmsOptions {
  /** Whose alarms they are. */
  readonly site: MonitoredSite;
  /** Who is told. */
  readonly topic: sns.ITopic;
  /**
   * Pages that are pushed out of full nodes.
   * @default - nobody counts them, and there is no alarm
   */
  readonly evictions?: cloudwatch.IMetric;
}

const FIVE_MINUTES = Duration.minutes(5);
// Of fewer requests in 5 minutes the ratio says nothing.
const FEWEST_REQUESTS = 100;

/** Alarms of a site; docs/monitoring.md says what to do when each goes off. */
export class SiteAlarms extends Construct {
  /** Those that were made here; the site has others by itself, which tell the topic, too. */
  public readonly alarms: cloudwatch.Alarm[] = [];

  public constructor(scope: Construct, id: string, props: SiteAlarmsProps) {
    super(scope, id);
    checkLimits(scope.node.path, props);
    const { site, topic, evictions, minHitRatio = 50, maxEvictions = 100, maxFillFailures = 10 } = props;
    if (minHitRatio > 0) {
      const metric = hitRatioOfMany(site.siteName, FEWEST_REQUESTS, FIVE_MINUTES);
      this.add('HitRatio', 'Fewer requests than usual are answered from the store', metric, minHitRatio, 6, BELOW);
    }
    if (evictions !== undefined) {
      this.add('Evictions', 'The nodes are full: pages are pushed out before their time', evictions, maxEvictions, 3);
    }
    const failures = site.metricFillFailures();
    this.add('FillFailures', 'Missed pages cannot be rendered or stored', failures, maxFillFailures, 3);
    const unhealthy = site.metricUnhealthyTasks({ period: Duration.minutes(1) });
    this.add('UnhealthyTasks', 'Tasks of nginx do not answer health checks', unhealthy, 0, 3);
    this.add('PurgeFailures', 'Purges failed: old pages may still be answered', site.metricPurgeFailures(), 0, 1);
    // For a while it is so in a deployment, when old tasks ask a new fill function.
    this.add('KeyMismatch', 'nginx and the writer compute different page keys', site.metricKeyMismatch(), 0, 3);
    tell(site, topic);
  }

  private add(
    id: string,
    alarmDescription: string,
    metric: cloudwatch.IMetric,
    threshold: number,
    evaluationPeriods: number,
    comparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  ): void {
    // What is zero is not sent: nothing is well.
    const treatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING;
    const when = { metric, threshold, evaluationPeriods, comparisonOperator, treatMissingData };
    this.alarms.push(new cloudwatch.Alarm(this, id, { alarmDescription, ...when }));
  }
}

const BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD;

/** Has every alarm of a site tell a topic, also those that are made later. */
function tell(site: Construct, topic: sns.ITopic): void {
  const action = new actions.SnsAction(topic);
  Aspects.of(site).add({
    visit: (node) => {
      if (node instanceof cloudwatch.Alarm) {
        node.addAlarmAction(action);
        node.addOkAction(action);
      }
    },
  });
}

function checkLimits(path: string, { minHitRatio = 50, maxEvictions = 100, maxFillFailures = 10 }: SiteAlarmsOptions) {
  const refuse = (name: string, value: number, isGood: boolean, rule: string) => {
    if (!Token.isUnresolved(value) && !isGood) {
      throw new Error(`${path}: addAlarms: ${name} must be ${rule}, got: ${value}`);
    }
  };
  refuse('minHitRatio', minHitRatio, minHitRatio >= 0 && minHitRatio <= 100, 'a percentage, from 0 to 100');
  refuse('maxEvictions', maxEvictions, maxEvictions >= 0, 'at least 0');
  refuse('maxFillFailures', maxFillFailures, maxFillFailures >= 0, 'at least 0');
}
