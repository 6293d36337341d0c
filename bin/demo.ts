import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
// By its file: for a directory the compiled index.js, perhaps an old one, would come before index.ts.
import { NginxMemcacheSite, Origin, PageVariant } from '../lib/index';

/*
 * What `cdk deploy` deploys from a clone: a site in front of a small application, a Lambda function behind an internal
 * load balancer, which says when it rendered the page.
 */
const app = new App();
export const stack = new Stack(app, 'NginxMemcacheSiteDemo', {
  description: 'nginx-memcache-site: a page cache in front of a small application',
});

const logGroup = new logs.LogGroup(stack, 'ApplicationLogs', {
  retention: logs.RetentionDays.ONE_WEEK,
  removalPolicy: RemovalPolicy.DESTROY,
});
const role = new iam.Role(stack, 'ApplicationRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
logGroup.grantWrite(role);
const application = new lambda.Function(stack, 'Application', {
  runtime: lambda.Runtime.NODEJS_24_X,
  architecture: lambda.Architecture.ARM_64,
  handler: 'index.handler',
  logGroup,
  role,
  code: lambda.Code.fromInline(`
exports.handler = async () => ({
  statusCode: 200,
  multiValueHeaders: { 'Content-Type': ['text/html; charset=utf-8'], 'Cache-Control': ['public, max-age=300'] },
  body: '<!doctype html><title>Demo</title><p>rendered at ' + new Date().toISOString() + '</p>',
});`),
});

const site = new NginxMemcacheSite(stack, 'Site', {
  origin: Origin.function(application),
  variants: [PageVariant.cookie('theme', ['light', 'dark'])],
  bypassPaths: ['/account'],
  routes: [{ path: '/static', ttl: Duration.hours(1) }],
  scaling: { maxTasks: 4 },
});

site.purgeOnDeploy();
site.purgeOnSchedule('Nightly', scheduler.ScheduleExpression.cron({ hour: '3', minute: '0' }), { everything: true });

new CfnOutput(stack, 'Url', { value: `http://${site.loadBalancer.loadBalancerDnsName}` });
new CfnOutput(stack, 'PurgeFunction', { value: site.purgeFunction.functionName });
new CfnOutput(stack, 'WriteFunction', { value: site.writeFunction.functionName });
