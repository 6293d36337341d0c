import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as targets from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
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
const stack = new Stack(app, 'NginxMemcacheSiteDemo', {
  description: 'nginx-memcache-site: a page cache in front of a small application',
});

const vpc = new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [
    { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
    { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
  ],
  gatewayEndpoints: { DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
});

const application = new lambda.Function(stack, 'Application', {
  runtime: lambda.Runtime.NODEJS_22_X,
  architecture: lambda.Architecture.ARM_64,
  handler: 'index.handler',
  logGroup: new logs.LogGroup(stack, 'ApplicationLogs', {
    retention: logs.RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
  }),
  code: lambda.Code.fromInline(`
exports.handler = async () => ({
  statusCode: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'public, max-age=300' },
  body: '<!doctype html><title>Demo</title><p>rendered at ' + new Date().toISOString() + '</p>',
});`),
});
const internal = new elbv2.ApplicationLoadBalancer(stack, 'ApplicationLoadBalancer', {
  vpc,
  internetFacing: false,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
});
internal
  .addListener('Listener', { port: 80, open: false })
  .addTargets('Application', { targets: [new targets.LambdaTarget(application)] });

const site = new NginxMemcacheSite(stack, 'Site', {
  origin: Origin.loadBalancer(internal),
  vpc,
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
