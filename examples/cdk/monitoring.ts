import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin } from 'nginx-memcache-site';

/**
 * Who learns when a site is not well: its alarms by mail, a dashboard, and an alarm of your own beside them. See
 * docs/monitoring.md for what each means, and what it costs.
 *
 *     new MonitoringStack(app, 'Shop', 'on-call@shop.example');
 */
export class MonitoringStack extends Stack {
  public constructor(scope: Construct, id: string, mail: string, props: StackProps = {}) {
    super(scope, id, props);
    const site = new NginxMemcacheSite(this, 'Site', { origin: Origin.http('https://shop.internal.example') });
    const onCall = new sns.Topic(this, 'OnCall', { enforceSSL: true });
    onCall.addSubscription(new subscriptions.EmailSubscription(mail));

    site.addAlarms(onCall, { minHitRatio: 70, maxFillFailures: 5 });
    const dashboard = site.addDashboard({ dashboardName: 'shop' });

    const slowFills = site
      .metricFillDuration({ statistic: cloudwatch.Stats.percentile(95), period: Duration.minutes(5) })
      .createAlarm(this, 'SlowFills', {
        alarmDescription: 'One of twenty missed pages takes more than 3 s to render',
        threshold: 3000,
        evaluationPeriods: 3,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
    slowFills.addAlarmAction(new actions.SnsAction(onCall));
    dashboard.addWidgets(new cloudwatch.AlarmWidget({ title: 'Slow fills', alarm: slowFills, width: 24 }));
  }
}
