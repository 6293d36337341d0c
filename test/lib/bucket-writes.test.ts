import { type App, Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type BucketPageRule, PageFormat } from '../../lib/index';
import { newSite, newStack, propertiesOf, templateOf } from './site-template';

const URL = 'https://www.example.com/{key}';
const RULE: BucketPageRule = { url: URL, prefix: 'public/', ttl: Duration.hours(12) };

function given(props: Parameters<typeof newSite>[0] = {}, bucketProps: s3.BucketProps = {}) {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Website', bucketProps);
  const site = newSite(props, stack);
  return { stack, bucket, site, resolve: (value: unknown): unknown => stack.resolve(value) };
}

test('events of the prefix go to the write function, are tried again, and what fails is kept', () => {
  const { site, bucket, resolve } = given();
  site.writeFromBucket(bucket, RULE);
  const template = templateOf(site);
  const failed = resolve(site.writer.buckets.deadLetterQueue.queueArn);

  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted'],
      detail: { bucket: { name: [resolve(bucket.bucketName)] }, object: { key: [{ prefix: 'public/' }] } },
    },
    Targets: [
      Match.objectLike({
        Arn: resolve(site.writeFunction.functionArn),
        DeadLetterConfig: { Arn: failed },
        RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 10 },
      }),
    ],
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: resolve(site.writeFunction.functionName),
    DestinationConfig: { OnFailure: { Destination: failed } },
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: 'Objects could not be stored as pages: they lie in the dead-letter queue',
  });
});

test('the function knows the rules', () => {
  const { site, bucket, resolve } = given();
  site.writeFromBucket(bucket, RULE);
  const variables = propertiesOf<{ Environment?: { Variables: Record<string, unknown> } }>(
    templateOf(site),
    'AWS::Lambda::Function',
  ).map(({ Environment }) => Environment?.Variables.NMS_BUCKET_RULES);

  expect(variables.filter(Boolean)).toEqual([
    { 'Fn::Join': ['', ['{"', resolve(bucket.bucketName), `":{"url":"${URL}","prefix":"public/","ttl":43200}}`]] },
  ]);
});

test('it may read the objects of the prefix, their tags and their names, and nothing else of the bucket', () => {
  const { site, bucket, resolve } = given();
  site.writeFromBucket(bucket, RULE);
  const role = JSON.stringify(resolve(site.writer.handler.role?.roleName));
  const policies = propertiesOf<{ PolicyDocument: { Statement: { Action: unknown }[] }; Roles: unknown[] }>(
    templateOf(site),
    'AWS::IAM::Policy',
  );
  const statements = policies
    .filter(({ Roles }) => JSON.stringify(Roles[0]) === role)
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => JSON.stringify(Action).includes('s3:'));

  const arn = resolve(bucket.bucketArn);
  expect(statements).toEqual([
    {
      Action: ['s3:GetObject', 's3:GetObjectTagging'],
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', [arn, '/public/*']] },
    },
    { Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': 'public/*' } }, Effect: 'Allow', Resource: arn },
  ]);
});

test('it may decrypt with the key of the bucket', () => {
  const stack = newStack();
  const encryptionKey = new kms.Key(stack, 'Key');
  const bucket = new s3.Bucket(stack, 'Website', { encryptionKey });
  const site = newSite({}, stack);
  site.writeFromBucket(bucket, RULE);
  templateOf(site).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(site.writer.handler.role?.roleName)],
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt' })]) },
  });
});

describe('S3 is reached', () => {
  const s3Endpoints = (template: ReturnType<typeof templateOf>) =>
    propertiesOf<{ ServiceName: unknown }>(template, 'AWS::EC2::VPCEndpoint').filter(({ ServiceName }) =>
      JSON.stringify(ServiceName).includes('.s3"'),
    );
  const isolatedVpc = (stack: ReturnType<typeof newStack>) =>
    new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });

  test('from the VPC of the site through a gateway endpoint, which is there only where a bucket is written from', () => {
    const { site, bucket } = given();
    expect(s3Endpoints(templateOf(given().site))).toHaveLength(0);
    site.writeFromBucket(bucket, RULE);
    expect(s3Endpoints(templateOf(site))).toHaveLength(1);
  });

  test('from a VPC with a way out by that', () => {
    const { stack, bucket } = given();
    const site = newSite({ vpc: new ec2.Vpc(stack, 'Vpc') }, stack, 'Other');
    site.writeFromBucket(bucket, RULE);
    expect(s3Endpoints(templateOf(site))).toHaveLength(0);
  });

  test('from a given VPC with isolated subnets only through an endpoint that it must have', () => {
    const { stack, bucket } = given();
    const vpc = isolatedVpc(stack);
    const site = newSite({ vpc }, stack, 'Other');
    site.writeFromBucket(bucket, RULE);
    const synth = () => (site.node.root as App).synth({ force: true });
    expect(synth).toThrow('reach S3 only through a gateway endpoint: add one, vpc.addGatewayEndpoint');
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    expect(synth).not.toThrow();
  });

  test('from an imported VPC through one that nobody can see here', () => {
    const { stack, bucket } = given();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      ...{
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['a', 'b'],
        isolatedSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
      },
      ...{ publicSubnetIds: ['subnet-0123456789abcdef3', 'subnet-0123456789abcdef4'] },
    });
    newSite({ vpc }, stack, 'Other').writeFromBucket(bucket, RULE);
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('make sure that there is one'));
  });
});

test.each<[string, BucketPageRule]>([
  ["url must be an http or https URL with '{key}' once", { url: 'https://www.example.com/' }],
  ["prefix must end with '/'", { url: URL, prefix: 'public' }],
  ["indexDocument must be a name without '/'", { url: URL, indexDocument: 'a/b' }],
  ['ttl must be 1 to 86400 seconds (maxTtl), got: 172800', { url: URL, ttl: Duration.days(2) }],
])('fails: %s', (message, rule) => {
  const { site, bucket } = given();
  expect(() => site.writeFromBucket(bucket, rule)).toThrow(`Shop/Site/Writer: writeFromBucket: ${message}`);
});

test('fails for pages of a host that is not the site’s, where it names its hosts', () => {
  const { site, bucket } = given({ hosts: ['www.example.com', 'example.com'] });
  for (const url of ['https://other.example/{key}', 'https://www.example.com.other.example/{key}']) {
    expect(() => site.writeFromBucket(bucket, { ...RULE, url })).toThrow(
      `url must have one of the site's hosts (www.example.com, example.com), got: '${url}'`,
    );
  }
  expect(() => site.writeFromBucket(bucket, { ...RULE, url: 'https://EXAMPLE.com:8443/{key}' })).not.toThrow();
});

test('fails for a second rule, and where the application stores its pages itself', () => {
  const { site, bucket } = given();
  site.writeFromBucket(bucket, RULE);
  expect(() => site.writeFromBucket(bucket, RULE)).toThrow('the bucket has a rule already');
  const other = given({ pageFormat: PageFormat.prefixPath('shop'), hosts: ['www.example.com'] });
  expect(() => other.site.writeFromBucket(other.bucket, RULE)).toThrow(
    'stores the pages of this site itself (pageFormat)',
  );
});
