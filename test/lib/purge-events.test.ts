import { type CfnElement, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PurgeMode } from '../../lib/index';
import { newApp, newSite, newStack, propertiesOf, templateOf } from './site-template';

const nightly = scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' });
const METHOD = 'Shop/Site/Purger/Events: ';

/** A site, its stack, and the addresses in its template that the tests look for. */
function given(props: Parameters<typeof newSite>[0] = {}, stack = newStack()) {
  const site = newSite(props, stack);
  const resolve = (value: unknown): unknown => stack.resolve(value);
  return {
    site,
    stack,
    resolve,
    fn: resolve(site.purgeFunction.functionArn),
    failed: resolve(site.purgeDeadLetterQueue.queueArn),
  };
}

function newTable(stack: Stack, id = 'Products', stream?: dynamodb.StreamViewType): dynamodb.Table {
  const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
  return new dynamodb.Table(stack, id, { partitionKey, stream });
}

const IMAGES = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES;

/** The variable of the events function that holds the rules for buckets and tables. */
function eventRules(template: Template): unknown {
  const variables = propertiesOf<{ Environment?: { Variables: Record<string, unknown> } }>(
    template,
    'AWS::Lambda::Function',
  ).map(({ Environment }) => Environment?.Variables ?? {});
  return variables.find((each) => 'NMS_PURGE_FUNCTION' in each)?.NMS_EVENT_RULES;
}

describe('the function that takes events', () => {
  test('is small, waits as long as a purge takes, and knows the function that purges', () => {
    const { site, resolve } = given();

    templateOf(site).hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 900,
      FunctionName: Match.absent(),
      Environment: {
        Variables: { NMS_PURGE_FUNCTION: resolve(site.purger.core.functionName), NMS_EVENT_RULES: Match.absent() },
      },
    });
  });

  test('has the name by which a pipeline of another stack knows it', () => {
    templateOf(newSite({ purgeFunctionName: 'shop-purge' })).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'shop-purge',
      MemorySize: 256,
    });
  });

  test('tries an event three times, for six hours, and keeps what still fails', () => {
    const { site, resolve, failed } = given();

    templateOf(site).hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: resolve(site.purgeFunction.functionName),
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21600,
      DestinationConfig: { OnFailure: { Destination: failed } },
    });
  });

  test('keeps what failed for two weeks, encrypted, and takes it over TLS only', () => {
    const { site, resolve } = given();

    const template = templateOf(site);

    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1209600, SqsManagedSseEnabled: true });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [resolve(site.purgeDeadLetterQueue.queueUrl)],
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  });

  test('raises an alarm as soon as one event has failed, and none while nobody uses the queue', () => {
    const { site, resolve } = given();

    templateOf(site).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Namespace: 'AWS/SQS',
      Dimensions: [{ Name: 'QueueName', Value: resolve(site.purgeDeadLetterQueue.queueName) }],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(site.purgeAlarm.alarmArn).toBeDefined();
  });
});

describe('purgeOnSchedule', () => {
  test('sends the selection at the times, tries again, and keeps what failed', () => {
    const { site, fn, failed } = given();

    const schedule = site.purgeOnSchedule('Nightly', nightly, { prefixes: ['https://www.example.com/news'] });

    const template = templateOf(site);
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      State: 'ENABLED',
      Target: {
        Arn: fn,
        Input: '{"prefixes":["https://www.example.com/news"],"mode":"delete"}',
        DeadLetterConfig: { Arn: failed },
        RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 10 },
      },
    });
    expect(schedule.node.path).toBe('Shop/Site/Purger/Events/Schedules/Nightly');
  });

  test('lets its role invoke the function and fill the queue, and nothing else', () => {
    const { site, fn, failed } = given();

    site.purgeOnSchedule('Nightly', nightly, { everything: true });

    templateOf(site).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: [fn, { 'Fn::Join': ['', [fn, ':$LATEST']] }] },
          { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: failed },
        ],
      },
    });
  });
});

describe('purgeOnEvent', () => {
  test('sends the selection with what the event says, tries again, and keeps what failed', () => {
    const { site, fn, failed } = given();

    site.purgeOnEvent(
      'Published',
      { source: ['cms'], detailType: ['Published'] },
      {
        urls: [events.EventField.fromPath('$.detail.url')],
        tags: [`article-${events.EventField.fromPath('$.detail.id')}`],
      },
    );

    const template = templateOf(site);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['cms'], 'detail-type': ['Published'] },
      EventBusName: Match.absent(),
      Targets: [
        {
          Arn: fn,
          DeadLetterConfig: { Arn: failed },
          RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 10 },
          InputTransformer: {
            InputPathsMap: { 'detail-url': '$.detail.url', 'detail-id': '$.detail.id' },
            InputTemplate: '{"urls":[<detail-url>],"tags":["article-<detail-id>"],"mode":"delete"}',
          },
        },
      ],
    });
    const [ruleId] = Object.keys(template.findResources('AWS::Events::Rule'));
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: fn,
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [ruleId, 'Arn'] },
    });
  });

  test('listens to a bus of its own', () => {
    const { site, stack, resolve } = given();
    const eventBus = new events.EventBus(stack, 'Bus');

    const rule = site.purgeOnEvent('Sold', { source: ['shop'] }, { tags: ['stock'] }, { eventBus });

    templateOf(site).hasResourceProperties('AWS::Events::Rule', { EventBusName: resolve(eventBus.eventBusName) });
    expect(rule.node.id).toBe('Sold');
  });
});

describe('purgeOnTopic', () => {
  test('subscribes the function, and keeps what could not be handed over', () => {
    const { site, stack, fn, failed, resolve } = given();
    const topic = new sns.Topic(stack, 'News');

    site.purgeOnTopic(topic);

    const template = templateOf(site);
    const TopicArn = resolve(topic.topicArn);
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'lambda',
      Endpoint: fn,
      TopicArn,
      RedrivePolicy: { deadLetterTargetArn: failed },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: fn,
      Principal: 'sns.amazonaws.com',
      SourceArn: TopicArn,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sqs:SendMessage',
            Principal: { Service: 'sns.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
          }),
        ]),
      },
    });
  });

  test('takes two topics that are called the same', () => {
    const { site, stack } = given();

    site.purgeOnTopic(new sns.Topic(new Construct(stack, 'News'), 'Topic'));
    site.purgeOnTopic(new sns.Topic(new Construct(stack, 'Prices'), 'Topic'));

    templateOf(site).resourceCountIs('AWS::SNS::Subscription', 2);
  });
});

describe('purgeOnQueue', () => {
  const visibilityTimeout = Duration.minutes(15);

  test('reads the queue, and gives back only the messages that failed', () => {
    const { site, stack, resolve } = given();
    const deadLetterQueue = { queue: new sqs.Queue(stack, 'Dead'), maxReceiveCount: 3 };
    const queue = new sqs.Queue(stack, 'Queue', { visibilityTimeout, deadLetterQueue });

    site.purgeOnQueue(queue);

    templateOf(site).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: resolve(queue.queueArn),
      FunctionName: resolve(site.purgeFunction.functionName),
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('purgeOnQueue'));
  });

  test('warns of a queue in which a bad message stays', () => {
    const { site, stack } = given();

    site.purgeOnQueue(new sqs.Queue(stack, 'Queue', { visibilityTimeout }));

    Annotations.fromStack(stack).hasWarning(
      '/Shop/Site/Purger/Events',
      Match.stringLikeRegexp('purgeOnQueue: Shop/Queue has no dead-letter queue'),
    );
  });

  test.each<[string, Duration | undefined, number]>([
    ['a shorter visibility timeout', Duration.minutes(14), 840],
    ['the default visibility timeout', undefined, 30],
  ])('fails for a queue with %s, which Lambda would refuse at deployment', (_, timeout, seconds) => {
    const { site, stack } = given();
    const queue = new sqs.Queue(stack, 'Queue', { visibilityTimeout: timeout });

    expect(() => site.purgeOnQueue(queue)).toThrow(
      `${METHOD}purgeOnQueue: visibilityTimeout of Shop/Queue must be at least the function's timeout, 900 seconds, got: ${seconds}`,
    );
  });

  test('believes a queue of which nothing is known', () => {
    const { site, stack } = given();

    site.purgeOnQueue(sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:us-east-1:111111111111:purges'));

    templateOf(site).resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('purgeOnQueue'));
  });
});

describe('purgeOnObjectChange', () => {
  const url = 'https://www.example.com/{key}';

  test('has the bucket tell EventBridge, and sends what happens to the objects below the prefix as it comes', () => {
    const { site, stack, resolve, fn, failed } = given();
    const bucket = new s3.Bucket(stack, 'Pages');

    site.purgeOnObjectChange(bucket, { url, prefix: 'public/', indexDocument: 'default.html' });

    const template = templateOf(site);
    const name = resolve(bucket.bucketName);
    template.hasResourceProperties('Custom::S3BucketNotifications', {
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: { bucket: { name: [name] }, object: { key: [{ prefix: 'public/' }] } },
      },
      Targets: [
        {
          Arn: fn,
          Input: Match.absent(),
          InputTransformer: Match.absent(),
          DeadLetterConfig: { Arn: failed },
          RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 10 },
        },
      ],
    });
    const rules = `":{"url":"${url}","prefix":"public/","index":"default.html"}}}`;
    expect(eventRules(template)).toEqual({ 'Fn::Join': ['', ['{"buckets":{"', name, rules]] });
  });

  test('takes every object of a bucket when no prefix is given, and of several buckets', () => {
    const { site, stack } = given();

    site.purgeOnObjectChange(s3.Bucket.fromBucketName(stack, 'One', 'one'), { url });
    site.purgeOnObjectChange(s3.Bucket.fromBucketName(stack, 'Two', 'two'), { url });

    const template = templateOf(site);
    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      { EventPattern: { detail: { object: Match.absent() } } },
      2,
    );
    expect(JSON.parse(eventRules(template) as string)).toEqual({ buckets: { one: { url }, two: { url } } });
  });

  test('takes a bucket of another stack', () => {
    const app = newApp();
    const bucket = new s3.Bucket(new Stack(app, 'Pages'), 'Pages');
    const { site } = given({}, new Stack(app, 'Shop'));

    site.purgeOnObjectChange(bucket, { url });

    expect(JSON.stringify(eventRules(templateOf(site)))).toContain(JSON.stringify(`":{"url":"${url}"}}}`).slice(1, -1));
  });

  test('takes a URL that is known only at deployment', () => {
    const { site, stack } = given();
    const host = new CfnParameter(stack, 'Host').valueAsString;

    site.purgeOnObjectChange(new s3.Bucket(stack, 'Pages'), { url: `https://${host}/{key}` });

    expect(JSON.stringify(eventRules(templateOf(site)))).toContain('{"Ref":"Host"}');
  });

  test.each<[string, Parameters<ReturnType<typeof newSite>['purgeOnObjectChange']>[1], string]>([
    ['a URL without {key}', { url: 'https://www.example.com/' }, "url must be an http or https URL with '{key}' once"],
    ['a URL with {key} twice', { url: `${url}{key}` }, "url must be an http or https URL with '{key}' once"],
    ['a URL with {key} in its query', { url: 'https://a/?k={key}' }, "without a query, got: 'https://a/?k={key}'"],
    ['a prefix that is no directory', { url, prefix: 'public' }, "prefix must end with '/', got: 'public'"],
    ['an index with a path', { url, indexDocument: 'a/b' }, "indexDocument must be a name without '/', got: 'a/b'"],
  ])('fails for %s', (_, rule, message) => {
    const { site, stack } = given();
    const bucket = new s3.Bucket(stack, 'Pages');

    expect(() => site.purgeOnObjectChange(bucket, rule)).toThrow(message);
    expect(() => site.purgeOnObjectChange(bucket, rule)).toThrow(`${METHOD}purgeOnObjectChange: `);
  });

  test('fails for a second rule of a bucket', () => {
    const { site, stack } = given();
    const bucket = new s3.Bucket(stack, 'Pages');
    site.purgeOnObjectChange(bucket, { url });

    expect(() => site.purgeOnObjectChange(bucket, { url })).toThrow(
      'purgeOnObjectChange: the bucket has a rule already',
    );
  });
});

describe('purgeOnItemChange', () => {
  test('reads the stream from now on, gives back only what failed, halves batches, and keeps what never works', () => {
    const { site, stack, resolve, failed } = given();
    const table = newTable(stack, 'Products', IMAGES);

    site.purgeOnItemChange(table, { tags: ['product-{id}', 'products'] });

    const template = templateOf(site);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: resolve(table.tableStreamArn),
      FunctionName: resolve(site.purgeFunction.functionName),
      StartingPosition: 'LATEST',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      DestinationConfig: { OnFailure: { Destination: failed } },
    });
    expect(eventRules(template)).toEqual({
      'Fn::Join': ['', ['{"tables":{"', resolve(table.tableArn), '":{"tags":["product-{id}","products"]}}}']],
    });
  });

  test('may read that stream only; listing streams, which knows no resource, is all that is wider', () => {
    const { site, stack, resolve } = given();
    const table = newTable(stack, 'Products', IMAGES);

    site.purgeOnItemChange(table, { tags: ['products'] });

    templateOf(site).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Effect: 'Allow', Action: 'dynamodb:ListStreams', Resource: '*' },
          {
            Effect: 'Allow',
            Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
            Resource: resolve(table.tableStreamArn),
          },
        ]),
      },
    });
  });

  test('fails for a table without a stream', () => {
    const { site, stack } = given();

    expect(() => site.purgeOnItemChange(newTable(stack), { tags: ['products'] })).toThrow(
      `${METHOD}purgeOnItemChange: the table must have a stream, which Shop/Products has not: give it one (stream, dynamoStream)`,
    );
  });

  test.each<[string, string[], string]>([
    ['no tag', [], 'tags must name at least one tag, got: []'],
    [
      'a tag with a blank',
      ['a b'],
      "tags must each be a tag of 1 to 256 visible ASCII characters, with attributes as {name}, got: 'a b'",
    ],
    ['an open brace', ['product-{id'], "got: 'product-{id'"],
  ])('fails for %s', (_, tags, message) => {
    const { site, stack } = given();
    const table = newTable(stack, 'Products', IMAGES);

    expect(() => site.purgeOnItemChange(table, { tags })).toThrow(message);
  });

  test('fails for a second rule of a table', () => {
    const { site, stack } = given();
    const table = newTable(stack, 'Products', IMAGES);
    site.purgeOnItemChange(table, { tags: ['products'] });

    expect(() => site.purgeOnItemChange(table, { tags: ['shop'] })).toThrow('the table has a rule already');
  });
});

test.each([
  [3000, true],
  [3001, false],
])('rules of %i characters as JSON fit into the environment of a function: %j', (characters, fits) => {
  const { site, stack } = given();
  const table = dynamodb.Table.fromTableAttributes(stack, 'Products', {
    tableArn: 'arn:aws:dynamodb:us-east-1:111111111111:table/products',
    tableStreamArn: 'arn:aws:dynamodb:us-east-1:111111111111:table/products/stream/1',
  });
  const json = (tags: string[]) => JSON.stringify({ tables: { [table.tableArn]: { tags } } });
  const many = Array.from({ length: 10 }, () => 't'.repeat(250));
  const last = 't'.repeat(200);
  const tags = [...many, last, 't'.repeat(characters - json([...many, last, '']).length)];

  site.purgeOnItemChange(table, { tags });

  const synthesis = () => templateOf(site);
  if (fits) {
    expect(eventRules(synthesis())).toHaveLength(characters);
  } else {
    expect(synthesis).toThrow(/their rules must together have at most 3000 characters as JSON, .*, got: 3001/);
  }
});

describe('purgeOnDeploy', () => {
  test('purges everything, at every deployment, within the time of the function', () => {
    const { site, fn } = given();

    site.purgeOnDeploy();

    templateOf(site).hasResourceProperties('Custom::PagePurge', {
      ServiceToken: fn,
      ServiceTimeout: '900',
      Purge: '{"everything":true,"mode":"delete"}',
      Version: Match.stringLikeRegexp(String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
    });
  });

  test('purges a selection when its version has changed', () => {
    const { site } = given();

    site.purgeOnDeploy({ tags: ['layout'] }, { version: 'v42' });

    templateOf(site).hasResourceProperties('Custom::PagePurge', {
      Purge: '{"tags":["layout"],"mode":"delete"}',
      Version: 'v42',
    });
  });

  test('runs after the tasks have been replaced, when Memcached and the index can be reached', () => {
    const { site, stack } = given();

    site.purgeOnDeploy();

    const template = templateOf(site);
    const [purge] = Object.values(template.findResources('Custom::PagePurge')) as { DependsOn: string[] }[];
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    expect(purge?.DependsOn).toEqual(
      expect.arrayContaining([
        ...idsOf('AWS::ECS::Service'),
        ...idsOf('AWS::DynamoDB::GlobalTable'),
        ...idsOf('AWS::EC2::VPCEndpoint'),
        stack.getLogicalId(site.purger.core.node.defaultChild as CfnElement),
        expect.stringMatching(/^SitePageCacheSecurityGroupfrom.*Purger/),
      ]),
    );
  });

  test('fails when it is called twice', () => {
    const { site } = given();
    site.purgeOnDeploy();

    expect(() => site.purgeOnDeploy({ tags: ['layout'] })).toThrow("already a Construct with name 'OnDeploy'");
  });
});

describe('fails', () => {
  const bad = { prefixes: [], everything: false };

  test.each<[string, (site: ReturnType<typeof newSite>) => unknown]>([
    ['purgeOnSchedule', (site) => site.purgeOnSchedule('Nightly', nightly, bad)],
    ['purgeOnEvent', (site) => site.purgeOnEvent('Published', { source: ['cms'] }, bad)],
    ['purgeOnDeploy', (site) => site.purgeOnDeploy(bad)],
    ['purgeAction', (site) => site.purgeAction({ actionName: 'Purge', selection: bad })],
  ])('for an empty selection of %s', (method, call) => {
    expect(() => call(newSite())).toThrow(
      `${METHOD}${method}: the selection must name something by urls, exactUrls, prefixes, tags, hosts or everything: true, got: {"prefixes":[],"everything":false}`,
    );
  });

  test.each<[string, object]>([
    ['urls', { urls: ['https://www.example.com/', 'https://other.example/'] }],
    ['exactUrls', { exactUrls: ['https://other.example/?page=2'] }],
    ['prefixes', { prefixes: ['https://other.example/items'] }],
    ['hosts', { hosts: ['other.example'] }],
  ])('for %s of a host that is not the site’s, where it names its hosts', (field, selection) => {
    const rule = `${field} must have one of the site's hosts (www.example.com), got: '`;
    const hosts = ['www.example.com'];
    expect(() => newSite({ hosts }).purgeOnSchedule('Nightly', nightly, selection)).toThrow(rule);
    expect(() => newSite().purgeOnSchedule('Nightly', nightly, selection)).not.toThrow();
  });

  test('for objects that are shown on another site', () => {
    const { site, stack } = given({ hosts: ['www.example.com'] });
    const rule = { url: 'https://other.example/{key}' };
    expect(() => site.purgeOnObjectChange(new s3.Bucket(stack, 'Website'), rule)).toThrow(
      `${METHOD}purgeOnObjectChange: urls must have one of the site's hosts (www.example.com)`,
    );
  });

  test('for a schedule that would render pages again where the origin cannot be reached', () => {
    expect(() => newSite().purgeOnSchedule('Nightly', nightly, { everything: true, mode: PurgeMode.REFRESH })).toThrow(
      `${METHOD}purgeOnSchedule: mode must be PurgeMode.DELETE, got: PurgeMode.REFRESH: functions in isolated subnets cannot reach an origin outside of the VPC`,
    );
  });
});
