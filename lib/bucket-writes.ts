import { Annotations, Duration, Lazy, Names, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge';
import { checkObjectRule, knownLength, MOST_CHARACTERS, type ObjectPurgeRule } from './event-rules';
import { failedEventsAlarm, failedEventsQueue, MAX_EVENT_AGE } from './events-function';
import { functionsHaveEgress } from './site-function';
import { checkHosts } from './site-hosts';

/** Which pages the objects of a bucket are. */
export interface BucketPageRule extends ObjectPurgeRule {
  /**
   * How long a page is kept, whatever its object's Cache-Control says: `maxTtl` of the site at most.
   * @default - as the object says, or the site
   */
  readonly ttl?: Duration;
}

/** What the writing of objects is made with. */
export interface BucketWritesProps {
  /** The function that stores pushed pages. */
  readonly handler: lambda.Function;
  /** The VPC of the site. */
  readonly vpc: ec2.IVpc;
  /** The longest that any page is kept, in seconds. */
  readonly maxTtl: number;
  /** The hosts whose pages are cached; none where every host is taken. */
  readonly hosts: string[];
}

const S3_ENDPOINT = 'S3';

/** What has the objects of buckets stored as pages: rules of EventBridge, and what could not be written. */
export class BucketWrites extends Construct {
  /** Where events lie that should have stored pages and could not, for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;
  /** Goes off while `deadLetterQueue` has messages. */
  public readonly alarm: cloudwatch.Alarm;
  private readonly rules: Record<string, object> = {};

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BucketWritesProps,
  ) {
    super(scope, id);
    const { handler, vpc } = props;
    this.deadLetterQueue = failedEventsQueue(this);
    this.alarm = failedEventsAlarm(this, this.deadLetterQueue, 'Objects could not be stored as pages');
    handler.configureAsyncInvoke({
      onFailure: new destinations.SqsDestination(this.deadLetterQueue),
      retryAttempts: 2,
      maxEventAge: MAX_EVENT_AGE,
    });
    const stack = Stack.of(this);
    handler.addEnvironment('NMS_BUCKET_RULES', Lazy.string({ produce: () => stack.toJsonString(this.rules) }));
    this.node.addValidation({ validate: () => this.faults() });
    reachS3(this, vpc);
  }

  /** Has a bucket's objects stored as pages. */
  public add(where: string, bucket: s3.IBucket, rule: BucketPageRule): events.Rule {
    const { prefix, url, indexDocument } = rule;
    checkObjectRule(where, rule);
    checkHosts(where, 'url', [url], this.props.hosts);
    const ttl = rule.ttl?.toSeconds();
    if (ttl !== undefined && (ttl < 1 || ttl > this.props.maxTtl)) {
      throw new Error(`${where}: ttl must be 1 to ${this.props.maxTtl} seconds (maxTtl), got: ${ttl}`);
    }
    if (this.rules[bucket.bucketName] !== undefined) {
      throw new Error(`${where}: the bucket has a rule already: one rule must say which pages all of its objects are`);
    }
    this.rules[bucket.bucketName] = { url, prefix, index: indexDocument, ttl };
    this.grantRead(bucket, prefix ?? '');
    bucket.enableEventBridgeNotification();
    return new events.Rule(this, `Bucket${Names.nodeUniqueId(bucket.node)}`, {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          ...(prefix === undefined ? {} : { object: { key: events.Match.prefix(prefix) } }),
        },
      },
      targets: [
        new targets.LambdaFunction(this.props.handler, {
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge: MAX_EVENT_AGE,
          retryAttempts: 10,
        }),
      ],
    });
  }

  /** Of the bucket only what begins with the prefix: its objects, their tags, and their names. */
  private grantRead(bucket: s3.IBucket, prefix: string): void {
    const { handler } = this.props;
    const objects = bucket.arnForObjects(`${prefix}*`);
    iam.Grant.addToPrincipalOrResource({
      ...{ grantee: handler, resource: bucket, actions: ['s3:GetObject', 's3:GetObjectTagging'] },
      resourceArns: [objects],
    });
    acknowledgeWildcard(
      handler.role ?? handler,
      objects,
      'The function reads the objects that it stores as pages, below the prefix of the rule: their names are not known before they are written.',
    );
    iam.Grant.addToPrincipalOrResource({
      ...{ grantee: handler, resource: bucket, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] },
      conditions: { StringLike: { 's3:prefix': `${prefix}*` } },
    });
    bucket.encryptionKey?.grantDecrypt(handler);
  }

  private faults(): string[] {
    const stack = Stack.of(this);
    const length = knownLength(stack.resolve(stack.toJsonString(this.rules)));
    return length <= MOST_CHARACTERS
      ? []
      : [`writeFromBucket: its rules must together have at most ${MOST_CHARACTERS} characters as JSON, got: ${length}`];
  }
}

/** Objects are got by the function that holds the pages. From isolated subnets S3 is reached through a gateway endpoint, free of charge. */
function reachS3(scope: BucketWrites, vpc: ec2.IVpc): void {
  if (functionsHaveEgress(vpc)) {
    return;
  }
  const service = ec2.GatewayVpcEndpointAwsService.S3;
  // The VPC that a site makes lies beside its writer.
  if (vpc.node.scope !== undefined && vpc.node.scope === scope.node.scope?.node.scope) {
    vpc.addGatewayEndpoint(S3_ENDPOINT, { service });
    return;
  }
  const fix = `vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 })`;
  const why = `writeFromBucket: functions in the isolated subnets of ${vpc.node.path} reach S3 only through a gateway endpoint`;
  if (Token.isUnresolved(vpc.vpcId)) {
    scope.node.addValidation({ validate: () => (hasS3Endpoint(vpc) ? [] : [`${why}: add one, ${fix}`]) });
  } else {
    Annotations.of(scope).addWarningV2('nginx-memcache-site:s3Endpoint', `${why}: make sure that there is one, ${fix}`);
  }
}

function hasS3Endpoint(vpc: ec2.IVpc): boolean {
  return Stack.of(vpc)
    .node.findAll()
    .filter((each) => ec2.CfnVPCEndpoint.isCfnVPCEndpoint(each))
    .some(({ serviceName, stack }) => JSON.stringify(stack.resolve(serviceName)).includes('.s3"'));
}
