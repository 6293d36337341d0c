import { type App, CfnParameter, type CfnElement, Duration, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Match } from 'aws-cdk-lib/assertions';
import { Origin, PageCache, PageFormat, PageIndexing, type NginxMemcacheSite } from '../../lib/index';
import { newSite, newStack, siteDocuments, templateOf } from './site-template';

const HOSTS = ['www.example.com'];
const SITEMAP = 'https://www.example.com/sitemap.xml';
const nightly = scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' });

/** A site whose functions can reach its origin: in a VPC with a way out. */
function given(props: Parameters<typeof newSite>[0] = {}) {
  const stack = newStack();
  const site = newSite({ vpc: new ec2.Vpc(stack, 'Vpc'), hosts: HOSTS, ...props }, stack);
  const resolve = (value: unknown): unknown => stack.resolve(value);
  return { site, stack, resolve, template: () => templateOf(site) };
}
const idOf = (stack: Stack, element: { node: { defaultChild?: unknown } }) =>
  stack.getLogicalId(element.node.defaultChild as CfnElement);

test('a site that warms nothing has nothing for it', () => {
  given().template().resourceCountIs('AWS::SQS::Queue', 1);
});

describe('what warms pages', () => {
  test('has a queue that two calls work on at once, and that gives up after three tries', () => {
    const { site, resolve, template } = given();
    const { handler, queue, deadLetterQueue } = site.warmer;

    template().hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: resolve(queue.queueArn),
      FunctionName: resolve(handler.functionName),
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    template().hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 900,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: resolve(deadLetterQueue.queueArn), maxReceiveCount: 3 },
    });
    template().hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: resolve(handler.functionName),
      DestinationConfig: { OnFailure: { Destination: resolve(deadLetterQueue.queueArn) } },
    });
    template().hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'Warms of pages could not be done: they lie in the dead-letter queue',
      Dimensions: [{ Name: 'QueueName', Value: resolve(deadLetterQueue.queueName) }],
    });
    expect([site.warmAlarm, site.warmDeadLetterQueue]).toEqual([site.warmer.alarm, deadLetterQueue]);
  });

  test('takes requests outside of the VPC, and works inside, where the origin is reached', () => {
    const { site, resolve, template } = given();
    const { core, queue } = site.warmer;

    template().hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          NMS_TABLE: resolve(site.pageIndex.table.tableName),
          NMS_WARM_FUNCTION: resolve(core.functionName),
          NMS_WARM_QUEUE: resolve(queue.queueUrl),
        },
      },
      VpcConfig: Match.absent(),
    });
    template().hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Warms pages of the site',
      Environment: { Variables: Match.objectLike({ NMS_ORIGIN: 'https://app.example.com' }) },
      VpcConfig: Match.anyValue(),
    });
  });

  test('may call the function inside, send to its queue, and write the log of warms, and nothing else', () => {
    const { site, resolve, template } = given({ siteName: 'shop' });
    const { handler, core, queue } = site.warmer;
    const coreArn = resolve(core.functionArn);

    template().hasResourceProperties('AWS::IAM::Policy', {
      Roles: [resolve(handler.role?.roleName)],
      PolicyDocument: {
        Statement: [
          {
            Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
            Effect: 'Allow',
            Resource: [resolve(site.warmer.deadLetterQueue.queueArn), resolve(queue.queueArn)],
          },
          Match.objectLike({ Action: Match.arrayWith(['sqs:ReceiveMessage']), Resource: resolve(queue.queueArn) }),
          {
            Action: 'lambda:InvokeFunction',
            Effect: 'Allow',
            Resource: [coreArn, { 'Fn::Join': ['', [coreArn, ':$LATEST']] }],
          },
          {
            Action: ['BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query', 'UpdateItem'].map(
              (name) => `dynamodb:${name}`,
            ),
            Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['warm#shop#*'] } },
            Effect: 'Allow',
            Resource: resolve(site.pageIndex.table.tableArn),
          },
        ],
      },
    });
  });

  test('knows the rate and the concurrency that the site’s props say', () => {
    const { site } = given({ warmRequestsPerSecond: 2.5, warmConcurrency: 8 });
    expect(site.warmFunction).toBeDefined();

    expect(Object.values(siteDocuments(site))).toEqual(
      expect.arrayContaining([expect.objectContaining({ warming: { requestsPerSecond: 2.5, concurrency: 8 } })]),
    );
  });

  test('grantWarm lets somebody invoke the function that takes requests, and nothing else', () => {
    const { site, stack, resolve, template } = given();
    const editor = new iam.Role(stack, 'Editor', { assumedBy: new iam.AccountRootPrincipal() });

    site.grantWarm(editor);

    const arn = resolve(site.warmFunction.functionArn);
    template().hasResourceProperties('AWS::IAM::Policy', {
      Roles: [resolve(editor.roleName)],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'lambda:InvokeFunction',
            Resource: [arn, { 'Fn::Join': ['', [arn, ':$LATEST']] }],
          },
        ],
      },
    });
  });
});

test('warmOnSchedule sends the selection at the times, tries again, and keeps what failed', () => {
  const { site, resolve, template } = given();

  site.warmOnSchedule('Nightly', nightly, {
    ...{ sitemaps: [SITEMAP], urls: ['https://www.example.com/'] },
    ...{ changedWithin: Duration.days(2), allVariants: true, refresh: true },
  });

  template().hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 3 * * ? *)',
    Target: {
      Arn: resolve(site.warmFunction.functionArn),
      Input: JSON.stringify({
        ...{ urls: ['https://www.example.com/'], sitemaps: [SITEMAP], since: 'PT172800S' },
        ...{ variants: 'all', refresh: true, caller: 'schedule:Nightly' },
      }),
      DeadLetterConfig: { Arn: resolve(site.warmDeadLetterQueue.queueArn) },
      RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 10 },
    },
  });
});

describe('warmOnDeploy', () => {
  const dependencies = ({ site, stack, template }: ReturnType<typeof given>, child: 'Warmer' | 'Purger') => {
    const scope = child === 'Warmer' ? site.warmer : site.purger.events;
    const type = child === 'Warmer' ? 'Custom::PageWarm' : 'Custom::PagePurge';
    const [found] = Object.values(template().findResources(type));
    const resource = found as { DependsOn: string[]; Properties: Record<string, unknown> } | undefined;
    return { resource, id: idOf(stack, scope.node.findChild('OnDeploy')) };
  };

  test('warms with every deployment, after the tasks, and does not wait for the end', () => {
    const all = given();
    all.site.warmOnDeploy({ sitemaps: [SITEMAP] });
    const { resource } = dependencies(all, 'Warmer');
    expect(resource?.Properties).toMatchObject({
      ServiceToken: all.resolve(all.site.warmFunction.functionArn),
      ServiceTimeout: '300',
      Warm: JSON.stringify({ sitemaps: [SITEMAP] }),
      Version: expect.stringMatching(/^\d{4}-/) as string,
    });
    expect(resource?.DependsOn).toEqual(
      expect.arrayContaining([idOf(all.stack, all.site.service), idOf(all.stack, all.site.warmer.core)]),
    );
  });

  test.each([
    ['before', (site: NginxMemcacheSite) => [site.purgeOnDeploy(), site.warmOnDeploy({ sitemaps: [SITEMAP] })]],
    ['after', (site: NginxMemcacheSite) => [site.warmOnDeploy({ sitemaps: [SITEMAP] }), site.purgeOnDeploy()]],
  ])('comes after the purge of the deployment, which is asked for %s it', (_, ask) => {
    const all = given();
    ask(all.site);
    const purge = dependencies(all, 'Purger');
    expect(dependencies(all, 'Warmer').resource?.DependsOn).toContain(purge.id);
  });
});

describe('refreshAhead', () => {
  test('looks for pages that expire soon, twice as early as it comes back', () => {
    const { site, template } = given();
    site.refreshAhead({ every: Duration.minutes(5) });

    template().hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: Match.objectLike({ Input: '{"refreshAhead":{"before":600,"every":300,"atMost":100}}' }),
    });
  });

  test.each<[string, Parameters<NginxMemcacheSite['refreshAhead']>[0]]>([
    ['every must be whole minutes, up to 12 hours, got: 90 seconds', { every: Duration.seconds(90) }],
    ['every must be whole minutes, up to 12 hours, got: 0 seconds', { every: Duration.minutes(0) }],
    ['before must be at least every (300 seconds) and at most a day, got: 60 seconds', { every: Duration.minutes(5), before: Duration.minutes(1) }], // prettier-ignore
    ['atMost must be a whole number from 1 to 10000, got: 0', { every: Duration.minutes(5), atMost: 0 }],
  ])('fails: %s', (message, options) => {
    expect(() => given().site.refreshAhead(options)).toThrow(`Shop/Site/Warmer: refreshAhead: ${message}`);
  });

  test('fails for a site without an index, and for nodes that do not say what is asked for', () => {
    const every = Duration.minutes(5);
    expect(() => given({ index: PageIndexing.NONE }).site.refreshAhead({ every })).toThrow('the site keeps no index');
    const cache = PageCache.serverless();
    const { site } = given({ cache, maxPageSize: Size.kibibytes(900) });
    expect(() => site.refreshAhead({ every })).toThrow('ElastiCache Serverless has no such command');
  });
});

describe('warming fails', () => {
  test.each<[string, Parameters<NginxMemcacheSite['warmOnDeploy']>[0]]>([
    ['the selection must name pages by urls or sitemaps, got: {}', {}],
    ['the selection must name pages by urls or sitemaps, got: {"urls":[]}', { urls: [] }],
    ["urls must each be an http or https URL, got: '/news'", { urls: ['/news'] }],
    [
      "urls must each be an http or https URL, got: 'https://www.example.com/#a'",
      { urls: ['https://www.example.com/#a'] },
    ],
    [
      "sitemaps must each be an http or https URL, got: 'https://a@www.example.com/'",
      { sitemaps: ['https://a@www.example.com/'] },
    ],
    [
      "sitemaps must have one of the site's hosts (www.example.com), got: 'http://169.254.169.254/'",
      { sitemaps: ['http://169.254.169.254/'] },
    ],
    [
      'urls must be at most 10000, got: 10001; use a sitemap',
      { urls: Array<string>(10_001).fill('https://www.example.com/') },
    ],
    [
      'the selection must have at most 100000 characters as JSON',
      { urls: Array<string>(10_000).fill('https://www.example.com/') },
    ],
    [
      'changedWithin must be left out where there are no sitemaps',
      { urls: ['https://www.example.com/'], changedWithin: Duration.days(1) },
    ],
  ])('%s', (message, selection) => {
    expect(() => given().site.warmOnDeploy(selection)).toThrow(`Shop/Site/Warmer: warmOnDeploy: ${message}`);
  });

  test('where the functions cannot reach the origin', () => {
    expect(() => newSite({ hosts: HOSTS }).warmFunction).toThrow(
      'Shop/Site/Warmer: pages cannot be warmed: functions in isolated subnets cannot reach an origin outside of the VPC',
    );
  });

  test('not for an internal origin in the same VPC', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
      ],
    });
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing: false, vpcSubnets });
    const site = newSite({ vpc, origin: Origin.loadBalancer(balancer) }, stack);
    expect(site.warmFunction.functionName).toBeDefined();
  });

  test('where the application stores its pages itself', () => {
    const site = given({ pageFormat: PageFormat.prefixPath('shop') }).site;
    expect(() => site.warmFunction).toThrow('the application stores the pages of this site itself (pageFormat)');
  });
});

test('URLs that are known only at deployment are taken', () => {
  const { site, stack } = given();
  const host = new CfnParameter(stack, 'Host').valueAsString;
  site.warmOnDeploy({ urls: [`https://${host}/`] });
  expect(() => (site.node.root as App).synth()).not.toThrow();
});
