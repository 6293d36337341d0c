import { type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFrontStack } from '../../examples/cdk/cloudfront';
import { DjangoStack } from '../../examples/cdk/django';
import { ExistingLoadBalancerStack } from '../../examples/cdk/existing-load-balancer';
import { LambdaApplicationStack } from '../../examples/cdk/lambda-application';
import { MonitoringStack } from '../../examples/cdk/monitoring';
import { PipelineStack } from '../../examples/cdk/pipeline';
import { SeveralSitesStack } from '../../examples/cdk/several-sites';
import { newApp, propertiesOf } from '../lib/site-template';
import { lookedUp } from './lookups';

const env = { account: '111111111111', region: 'eu-central-1' };
const arn = (service: string, name: string, region = env.region) =>
  `arn:aws:${service}:${region}:${env.account}:${name}`;
const code = lambda.Code.fromInline('exports.handler = async () => undefined;');

const observing = {
  env,
  vpcName: 'shop',
  loadBalancerArn: arn('elasticloadbalancing', 'loadbalancer/app/shop/0123456789abcdef'),
  host: 'www.shop.example',
  zoneName: 'shop.example',
  percentage: 5,
  observeOnly: true,
};
const certificates = {
  env,
  host: 'www.shop.example',
  distributionCertificateArn: arn('acm', 'certificate/shop', 'us-east-1'),
  siteCertificateArn: arn('acm', 'certificate/shop'),
};

/** Each example in an app with the feature flags and the rules of a new one. Synthesis fails for what breaks them. */
const EXAMPLES = {
  cloudfront: () => lookedUp((app) => new CloudFrontStack(app, 'Shop', certificates)),
  django: () => new DjangoStack(newApp(), 'Shop'),
  'existing-load-balancer': () => lookedUp((app) => new ExistingLoadBalancerStack(app, 'Shop', observing)),
  'lambda-application': () => new LambdaApplicationStack(newApp(), 'Shop', code),
  monitoring: () => new MonitoringStack(newApp(), 'Shop', 'on-call@shop.example'),
  pipeline: () =>
    lookedUp((app) => new PipelineStack(app, 'Pipeline', arn('codeconnections', 'connection/1'), { env })),
  'several-sites': () => new SeveralSitesStack(newApp(), 'Sites'),
} satisfies Record<string, () => Stack>;

type Example = keyof typeof EXAMPLES;
const names = Object.keys(EXAMPLES) as Example[];

const made = new Map<Example, Stack>();
function stackOf(name: Example): Stack {
  const stack = made.get(name) ?? EXAMPLES[name]();
  made.set(name, stack);
  return stack;
}
const templateOf = (name: Example) => Template.fromStack(stackOf(name));

test('every example is here', () => {
  const files = readdirSync(join(__dirname, '..', '..', 'examples', 'cdk'));

  expect(files.sort()).toEqual(names.map((name) => `${name}.ts`));
});

test.each(names)('%s is synthesized without a warning', (name) => {
  const stack = stackOf(name);
  const messages = Annotations.fromStack(stack);

  expect(messages.findWarning('*', Match.anyValue()).map(({ entry }) => entry.data)).toEqual([]);
});

test('django: both services are told whom to ask for a purge, and may ask', () => {
  const template = templateOf('django');
  const told = { Name: 'PURGE_FUNCTION', Value: { Ref: Match.stringLikeRegexp('^SitePurgerEvents') } };
  const ContainerDefinitions = [Match.objectLike({ Environment: [told] })];
  const Resource = Match.arrayWith([{ 'Fn::GetAtt': [Match.stringLikeRegexp('^SitePurgerEvents'), 'Arn'] }]);
  const may = { Statement: Match.arrayWith([Match.objectLike({ Action: 'lambda:InvokeFunction', Resource })]) };

  template.resourcePropertiesCountIs('AWS::ECS::TaskDefinition', { ContainerDefinitions }, 2);
  for (const service of ['Web', 'Worker']) {
    const Roles = [{ Ref: Match.stringLikeRegexp(`^${service}TaskTaskRole`) }];
    template.hasResourceProperties('AWS::IAM::Policy', { Roles, PolicyDocument: may });
  }
});

test("lambda-application: what is written to the table purges the item's pages", () => {
  templateOf('lambda-application').hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Products'), 'StreamArn'] },
    FunctionName: { Ref: Match.stringLikeRegexp('^SitePurgerEvents') },
  });
});

test('existing-load-balancer: nothing of the application is changed but that it lets the site in', () => {
  const template = templateOf('existing-load-balancer');
  const weights = propertiesOf<{ SetIdentifier: string; Weight: number }>(template, 'AWS::Route53::RecordSet');

  expect(weights.map(({ SetIdentifier, Weight }) => [SetIdentifier, Weight])).toEqual([
    ['ToSite', 5],
    ['ToApplication', 95],
  ]);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0', FromPort: 80 });
  template.resourceCountIs('AWS::EC2::VPC', 0);
});

test('cloudfront: CloudFront alone is let in, and its copies are purged', () => {
  const template = templateOf('cloudfront');

  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    SourcePrefixListId: 'pl-3b927c52',
    FromPort: 443,
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: 'cloudfront:CreateInvalidation' })]),
    },
  });
});

test('pipeline: the purge comes after what has been deployed', () => {
  const [pipeline] = propertiesOf<{ Stages: { Name: string; Actions: { Name: string; RunOrder: number }[] }[] }>(
    templateOf('pipeline'),
    'AWS::CodePipeline::Pipeline',
  );
  const { Actions = [] } = pipeline?.Stages.find(({ Name }) => Name === 'Production') ?? {};
  const turns = new Map(Actions.map(({ Name, RunOrder }) => [Name, RunOrder]));

  expect([...turns.keys()].sort()).toEqual(['Purge', 'Shop.Deploy', 'Shop.Prepare']);
  expect(turns.get('Purge')).toBeGreaterThan(turns.get('Shop.Deploy') ?? Infinity);
});

test('several-sites: one cluster of nodes, one of tasks, and an index each', () => {
  const template = templateOf('several-sites');

  template.resourceCountIs('AWS::ElastiCache::CacheCluster', 1);
  template.resourceCountIs('AWS::ECS::Cluster', 1);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
});

test('monitoring: every alarm tells who is on call', () => {
  const alarms = propertiesOf<{ AlarmActions?: unknown[] }>(templateOf('monitoring'), 'AWS::CloudWatch::Alarm');

  expect(alarms.length).toBeGreaterThan(6);
  expect(alarms.filter(({ AlarmActions = [] }) => !JSON.stringify(AlarmActions).includes('OnCall'))).toEqual([]);
});
