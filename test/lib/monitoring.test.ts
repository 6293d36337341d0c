import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { METRIC_NAMESPACE, METRIC_UNITS } from '../../lib/site/metrics';
import { Origin, PageCache, type SiteAlarmsOptions } from '../../lib/index';
import { environments, newSite, newStack, propertiesOf, templateOf } from './site-template';

interface AlarmProperties {
  readonly AlarmDescription: string;
  readonly MetricName?: string;
  readonly Metrics?: { Expression?: string; MetricStat?: { Metric: { MetricName: string } } }[];
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly AlarmActions?: unknown[];
  readonly OKActions?: unknown[];
}

function given(props: Parameters<typeof newSite>[0] = {}) {
  const stack = newStack();
  const topic = new sns.Topic(stack, 'Topic');
  const site = newSite({ siteName: 'shop', ...props }, stack);
  return { stack, topic, site, topicArn: stack.resolve(topic.topicArn) as unknown };
}

const alarmsOf = (template: Template) => propertiesOf<AlarmProperties>(template, 'AWS::CloudWatch::Alarm');
const namesOf = ({ MetricName, Metrics = [] }: AlarmProperties) =>
  MetricName ?? Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []).join();

test('every metric that is sent has a method, with the unit’s own statistic', () => {
  const { site } = given();
  const metrics = [
    ...[site.metricHits(), site.metricStale(), site.metricMisses(), site.metricBypasses(), site.metricRejected()],
    ...[site.metricStored(), site.metricCollapsed(), site.metricRefused()],
    ...[site.metricFillDuration(), site.metricFillFailures(), site.metricKeyMismatch()],
    ...[site.metricPurges(), site.metricPurgedPages(), site.metricPurgeFailures(), site.metricPurgeDuration()],
  ];

  expect(metrics.map(({ metricName, statistic }) => [metricName, statistic])).toEqual(
    Object.entries(METRIC_UNITS).map(([name, unit]) => [name, unit === 'Count' ? 'Sum' : 'Average']),
  );
  for (const { namespace, dimensions } of metrics) {
    expect([namespace, dimensions]).toEqual([METRIC_NAMESPACE, { Site: 'shop' }]);
  }
  expect(site.metricFillDuration({ statistic: 'p99' }).statistic).toBe('p99');
});

test('the hit ratio counts stale answers as hits, leaves bypasses out, and takes what is not sent for zero', () => {
  const { expression, usingMetrics } = given().site.metricHitRatio();

  expect(expression).toBe('100*(FILL(hits,0)+FILL(stale,0))/(FILL(hits,0)+FILL(stale,0)+FILL(misses,0))');
  expect(Object.keys(usingMetrics)).toEqual(['hits', 'stale', 'misses']);
});

describe('addAlarms', () => {
  test('tells the topic of everything that is not well, also by alarms that were there or come later', () => {
    const { site, topic, topicArn } = given();
    site.addAlarms(topic);
    site.writeFromBucket(new s3.Bucket(Stack.of(site), 'Website'), { url: 'https://www.example.com/{key}' });
    const alarms = alarmsOf(templateOf(site));

    expect(alarms.map(namesOf).sort()).toEqual([
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesVisible',
      'Evictions',
      'FillFailures',
      'Hits,Stale,Misses',
      'KeyMismatches',
      'PurgeFailures',
      'UnHealthyHostCount',
    ]);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        AlarmActions: [topicArn],
        OKActions: [topicArn],
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test('goes off at the limits that are given', () => {
    const { site, topic } = given();
    site.addAlarms(topic, { minHitRatio: 80, maxEvictions: 7, maxFillFailures: 3 });
    const limits = alarmsOf(templateOf(site)).map((alarm) => [namesOf(alarm), alarm.Threshold]);

    expect(Object.fromEntries(limits)).toMatchObject({
      'Hits,Stale,Misses': 80,
      Evictions: 7,
      FillFailures: 3,
      KeyMismatches: 0,
      PurgeFailures: 0,
      UnHealthyHostCount: 0,
    });
  });

  test('leaves out what nobody can tell, or asked for', () => {
    const { site, topic } = given({ cache: PageCache.nodes(['one.cache.internal:11211']) });
    site.addAlarms(topic, { minHitRatio: 0 });

    expect(alarmsOf(templateOf(site)).map(namesOf)).not.toContain('Evictions');
    expect(alarmsOf(templateOf(site)).map(namesOf)).not.toContain('Hits,Stale,Misses');
    expect(() => site.metricEvictions()).toThrow('metricEvictions needs an ElastiCache cluster that the site made');
  });

  test.each<[SiteAlarmsOptions, string]>([
    [{ minHitRatio: 101 }, 'minHitRatio must be a percentage, from 0 to 100, got: 101'],
    [{ maxEvictions: -1 }, 'maxEvictions must be at least 0, got: -1'],
    [{ maxFillFailures: -1 }, 'maxFillFailures must be at least 0, got: -1'],
  ])('fails for %j', (options, message) => {
    const { site, topic } = given();

    expect(() => site.addAlarms(topic, options)).toThrow(`Shop/Site: addAlarms: ${message}`);
  });
});

test('the dashboard shows every metric, and why requests were not answered from the store', () => {
  const { site, stack } = given();
  site.addDashboard({ dashboardName: 'shop' });
  const template = templateOf(site);
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: 'shop',
    DashboardBody: Match.anyValue(),
  });
  const [body] = propertiesOf<{ DashboardBody: unknown }>(template, 'AWS::CloudWatch::Dashboard');
  const text = JSON.stringify(body?.DashboardBody);

  for (const name of [...Object.keys(METRIC_UNITS), 'Evictions', 'UnHealthyHostCount']) {
    expect(text).toContain(`\\"${name}\\"`);
  }
  expect(text).toContain(JSON.stringify(stack.resolve(site.tier.logGroup.logGroupName)));
  expect(Stack.of(site)).toBe(stack);
});

test('nothing of it costs anything before it is asked for', () => {
  const template = templateOf(given().site);

  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  // The one of the purges' dead letters.
  template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
});

test('of hits nginx logs one of a hundred, of all else everything, or what the site says', () => {
  const loggedBy = (props: Parameters<typeof newSite>[0]) => environments(templateOf(given(props).site)).nginx;

  expect(loggedBy({})).toMatchObject({ NMS_LOGGED_HITS: '1', NMS_LOGGED_OTHERS: '100' });
  expect(loggedBy({ loggedHits: 0.25, loggedOthers: 10 })).toMatchObject({
    NMS_LOGGED_HITS: '0.25',
    NMS_LOGGED_OTHERS: '10',
  });
  expect(() => given({ loggedHits: 100.5 })).toThrow(
    'Shop/Site: loggedHits must be a percentage from 0 to 100 with at most two decimals, got: 100.5',
  );
});

test('a site that sends no metrics tells its programs so, and gives none', () => {
  const { site, topic } = given({ metrics: false });
  const template = templateOf(site);

  expect(environments(template)).toMatchObject({ nginx: { NMS_METRICS: 'false' }, writer: { NMS_METRICS: 'false' } });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Purges pages of the site',
    Environment: { Variables: Match.objectLike({ NMS_METRICS: 'false' }) },
  });
  for (const ask of [
    () => site.metricHits(),
    () => site.metricHitRatio(),
    () => site.addAlarms(topic),
    () => site.addDashboard(),
  ]) {
    expect(ask).toThrow('Shop/Site: the site sends no metrics (metrics: false)');
  }
});

test('X-Ray traces every function of the site, also one that is made afterwards, and no other', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  const site = newSite({ vpc, origin: Origin.loadBalancer(balancer) }, stack);
  site.traceFunctions();
  site.warmOnDeploy({ urls: ['https://www.example.com/'] });
  new lambda.Function(stack, 'Other', {
    ...{ runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('x') },
  });
  const template = templateOf(site);
  const functions = template.findResources('AWS::Lambda::Function');
  const isTraced = ({ Properties }: { Properties?: { TracingConfig?: { Mode: string } } }) =>
    Properties?.TracingConfig?.Mode === 'Active';
  const [traced, others] = [true, false].map((wanted) =>
    Object.entries(functions).flatMap(([id, one]) => (isTraced(one as never) === wanted ? [id] : [])),
  );
  expect(others?.filter((id) => id.startsWith('Site'))).toEqual([]);
  expect(others).toContainEqual(expect.stringMatching(/^Other/));
  expect(traced).toContainEqual(expect.stringMatching(/^SiteWarmer/));
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(policies.match(/xray:PutTraceSegments/g)).toHaveLength(traced?.length ?? 0);
});
