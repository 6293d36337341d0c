import { type App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { context } from '../../../cdk.json';
import {
  Fill,
  NginxMemcacheSite,
  type NginxMemcacheSiteProps,
  Origin,
  PageCache,
  PageVariant,
  TierCapacity,
} from '../../../lib/index';
import { newApp, newSite, newStack } from '../../lib/site-template';

const ENV = { account: '111111111111', region: 'us-east-1' };
const arn = (service: string, name: string) => `arn:aws:${service}:${ENV.region}:${ENV.account}:${name}`;

/** An account's stack that holds a site, with what the site's users bring in another one. */
export interface SiteStack {
  readonly app: App;
  readonly stack: Stack;
}

/** A site with nothing but an origin on the internet. */
export function defaults(): SiteStack {
  return siteOf({});
}

/** Tasks on Fargate Spot in private subnets before ElastiCache Serverless, and an application that is a function. */
export function serverless(): SiteStack {
  const { app, stack, theirs } = newStacks();
  const vpc = new ec2.Vpc(theirs, 'Vpc');
  const handler = newFunction(theirs, 'Application');
  const tier = TierCapacity.fargate({ spot: true });
  const props = { vpc, tier, cache: PageCache.serverless(), maxPageSize: Size.kibibytes(900) };
  newSite({ ...props, origin: Origin.function(handler) }, stack);
  return { app, stack };
}

/** Nodes that were there before, in groups that are not known. */
export function knownNodes(): SiteStack {
  return siteOf({ cache: PageCache.nodes(['one.cache.internal:11311']), purgeOnUnsafeRequests: true });
}

/** All that a site can have besides, with every source of purges, pages and warms. */
export function everything(): SiteStack {
  const { app, stack, theirs } = newStacks();
  const vpc = new ec2.Vpc(theirs, 'Vpc');
  const balancer = new elbv2.ApplicationLoadBalancer(theirs, 'Balancer', { vpc });
  const secret = (id: string) => new secretsmanager.Secret(theirs, id);
  const site = newSite(
    {
      vpc,
      origin: Origin.loadBalancer(balancer, { port: 8000 }),
      tier: TierCapacity.ec2(),
      cache: PageCache.cluster({ nodes: 3, transitEncryption: true }),
      fill: Fill.function({ reservedConcurrency: 20 }),
      scaling: { maxTasks: 4 },
      originSecret: secret('OriginSecret'),
      variants: [PageVariant.signedCookie('tier', ['free', 'paid'], { key: secret('TierKey') })],
      certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', arn('acm', 'certificate/shop')),
      cloudFront: { prefixList: ec2.PrefixList.fromPrefixListId(stack, 'CloudFront', 'pl-3b927c52'), secret: secret('CloudFrontSecret') }, // prettier-ignore
      accessLogs: { bucket: new s3.Bucket(theirs, 'AccessLogs') },
      webAclArn: arn('wafv2', 'regional/webacl/shop/1'),
    },
    stack,
  );
  addSources(site, theirs);
  site.purgeCloudFront(
    cloudfront.Distribution.fromDistributionAttributes(theirs, 'Distribution', {
      distributionId: 'E2QWRUHEXAMPLE',
      domainName: 'd111111abcdef8.cloudfront.net',
    }),
  );
  site.addAlarms(new sns.Topic(theirs, 'Alerts'));
  site.addDashboard();
  site.traceFunctions();
  site.connectPages(newFunction(new Stack(app, 'Mine', { env: ENV }), 'Mine', { vpc }));
  return { app, stack };
}

/** The app that `cdk deploy` deploys from a clone. */
export async function demo(): Promise<SiteStack> {
  // It makes its app when it is loaded, with the context that the command line gives it.
  process.env.CDK_CONTEXT_JSON = JSON.stringify(context);
  const { stack } = await import('../../../bin/demo');
  return { app: stack.node.root as App, stack };
}

function addSources(site: NginxMemcacheSite, theirs: Stack): void {
  const nightly = scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' });
  const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
  const stream = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES;
  const url = 'https://www.example.com/{key}';
  const deadLetterQueue = { queue: new sqs.Queue(theirs, 'Failed'), maxReceiveCount: 3 };
  site.purgeOnSchedule('Nightly', nightly, { everything: true });
  site.purgeOnEvent('Published', { source: ['cms'] }, { tags: ['news'] });
  site.purgeOnTopic(new sns.Topic(theirs, 'Topic'));
  site.purgeOnQueue(new sqs.Queue(theirs, 'Queue', { visibilityTimeout: Duration.minutes(15), deadLetterQueue }));
  site.purgeOnObjectChange(new s3.Bucket(theirs, 'Images'), { url });
  site.purgeOnItemChange(new dynamodb.Table(theirs, 'Products', { partitionKey, stream }), { tags: ['{id}'] });
  site.purgeOnDeploy();
  site.purgeAction({ actionName: 'Purge', selection: { everything: true } });
  site.writeFromBucket(new s3.Bucket(theirs, 'Website'), { url, prefix: 'public/' });
  site.warmOnSchedule('Morning', nightly, { sitemaps: ['https://www.example.com/sitemap.xml'] });
  site.warmOnDeploy({ urls: ['https://www.example.com/'] });
  site.refreshAhead({ every: Duration.minutes(5) });
}

function newStacks(): SiteStack & { readonly theirs: Stack } {
  const app = newApp();
  return { app, stack: new Stack(app, 'Shop', { env: ENV }), theirs: new Stack(app, 'Theirs', { env: ENV }) };
}

function siteOf(props: Partial<NginxMemcacheSiteProps>): SiteStack {
  const stack = newStack();
  newSite(props, stack);
  return { app: stack.node.root as App, stack };
}

function newFunction(stack: Stack, id: string, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => undefined;'),
    logGroup: new logs.LogGroup(stack, `${id}Logs`, { removalPolicy: RemovalPolicy.DESTROY }),
    ...props,
  });
}
