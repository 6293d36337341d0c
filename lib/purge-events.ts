import { CustomResource, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sources from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { EventRules, type ItemPurgeRule, type ObjectPurgeRule } from './event-rules';
import { eventsFunction, EVENTS_TIMEOUT, failedEventsAlarm, failedEventsQueue, MAX_EVENT_AGE } from './events-function';
import { checkLimits, type PurgeLimits } from './purge-limits';
import type { PurgeActionProps, PurgeOnDeployOptions, PurgeOnEventOptions } from './purge-options';
import { type PurgeRequest, type PurgeSelection, renderSelection } from './purge-selection';
import { purgeActionOf } from './purge-step';
import { checkQueue } from './queue-check';
import { FunctionSchedule } from './schedule-target';

/** What a site's purger tells its events function. */
export interface PurgeEventsProps extends PurgeLimits {
  /** The function that purges. */
  readonly core: lambda.IFunction;
  /**
   * The name of the function.
   * @default - CloudFormation makes one
   */
  readonly functionName?: string;
}

// How often a service tries to hand over an event. Purges are safe to repeat.
const DELIVERIES = { maxEventAge: MAX_EVENT_AGE, retryAttempts: 10 };

/**
 * The function that takes every event that shall purge pages, and calls the purging one. It lies outside of the VPC, from
 * where it reaches the APIs that answer pipelines and deployments. What cannot be purged ends in a dead-letter queue.
 */
export class PurgeEvents extends Construct {
  /** The function. */
  public readonly handler: lambda.Function;
  /** Where events lie that could not be purged, for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;
  /** Goes off while there are some. */
  public readonly alarm: cloudwatch.Alarm;

  private readonly changeRules = new EventRules();
  private readonly scheduleScope = new Construct(this, 'Schedules');
  private readonly ruleScope = new Construct(this, 'Rules');
  private answersPipelines = false;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PurgeEventsProps,
  ) {
    super(scope, id);
    const { core, functionName } = props;
    const deadLetterQueue = failedEventsQueue(this);
    this.deadLetterQueue = deadLetterQueue;
    const eventRules = this.changeRules.render(Stack.of(this));
    this.handler = eventsFunction(this, { core, functionName, eventRules, deadLetterQueue });
    this.alarm = failedEventsAlarm(this, deadLetterQueue);
    this.node.addValidation({ validate: () => this.changeRules.faults(Stack.of(this)) });
  }

  /** Purges at times. */
  public purgeOnSchedule(
    id: string,
    schedule: scheduler.ScheduleExpression,
    selection: PurgeSelection,
  ): scheduler.Schedule {
    const input = scheduler.ScheduleTargetInput.fromObject(this.request('purgeOnSchedule', selection));
    const target = new FunctionSchedule(this.handler, {
      input,
      deadLetterQueue: this.deadLetterQueue,
      ...DELIVERIES,
    });
    return new scheduler.Schedule(this.scheduleScope, id, { schedule, target });
  }

  /** Purges when an event comes over EventBridge. */
  public purgeOnEvent(
    id: string,
    pattern: events.EventPattern,
    selection: PurgeSelection,
    options: PurgeOnEventOptions = {},
  ): events.Rule {
    const event = events.RuleTargetInput.fromObject(this.request('purgeOnEvent', selection));
    return new events.Rule(this.ruleScope, id, {
      eventPattern: pattern,
      eventBus: options.eventBus,
      targets: [this.ruleTarget(event)],
    });
  }

  /** Purges what the messages of a topic ask for. */
  public purgeOnTopic(topic: sns.ITopic): void {
    const subscription = new subscriptions.LambdaSubscription(this.handler, { deadLetterQueue: this.deadLetterQueue });
    topic.addSubscription({
      // By its own id, which is the topic's last one, there could be no two topics that are called the same.
      bind: (bound) => ({ ...subscription.bind(bound), subscriberId: Names.nodeUniqueId(bound.node) }),
    });
  }

  /** Purges what the messages of a queue ask for. */
  public purgeOnQueue(queue: sqs.IQueue): void {
    checkQueue(this, this.where('purgeOnQueue'), queue, EVENTS_TIMEOUT);
    this.handler.addEventSource(new sources.SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
  }

  /** Purges the page of an object that is written or deleted. */
  public purgeOnObjectChange(bucket: s3.IBucket, rule: ObjectPurgeRule): events.Rule {
    const where = this.where('purgeOnObjectChange');
    checkLimits(where, { urls: [rule.url] }, this.props);
    this.changeRules.addBucket(where, bucket.bucketName, rule);
    bucket.enableEventBridgeNotification();
    return new events.Rule(this.ruleScope, `Bucket${Names.nodeUniqueId(bucket.node)}`, {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          ...(rule.prefix === undefined ? {} : { object: { key: events.Match.prefix(rule.prefix) } }),
        },
      },
      targets: [this.ruleTarget()],
    });
  }

  /** Purges the pages that show an item that is written or deleted. */
  public purgeOnItemChange(table: dynamodb.ITable, rule: ItemPurgeRule): void {
    const where = this.where('purgeOnItemChange');
    checkLimits(where, { tags: rule.tags }, this.props);
    if (table.tableStreamArn === undefined) {
      throw new Error(
        `${where}: the table must have a stream, which ${table.node.path} has not: give it one (stream, dynamoStream), with new and old images`,
      );
    }
    this.changeRules.addTable(where, table.tableArn, rule);
    this.handler.addEventSource(
      new sources.DynamoEventSource(table, {
        startingPosition: lambda.StartingPosition.LATEST,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 10,
        onFailure: new sources.SqsDlq(this.deadLetterQueue),
      }),
    );
    acknowledge(
      this.handler.role ?? this.handler,
      'IAM5[Resource::*]',
      'dynamodb:ListStreams knows no resources; the stream that is read is named.',
    );
  }

  /** Purges when the stack is deployed. */
  public purgeOnDeploy(
    selection: PurgeSelection = { everything: true },
    options: PurgeOnDeployOptions = {},
  ): CustomResource {
    const { version = new Date().toISOString() } = options;
    // The role that deploys invokes the function, and needs lambda:InvokeFunction: the function's policy need not name it.
    return new CustomResource(this, 'OnDeploy', {
      resourceType: 'Custom::PagePurge',
      serviceToken: this.handler.functionArn,
      serviceTimeout: EVENTS_TIMEOUT,
      properties: {
        Purge: Stack.of(this).toJsonString(this.request('purgeOnDeploy', selection)),
        Version: version,
      },
    });
  }

  /** An action that purges, for a pipeline of the same app. */
  public purgeAction(props: PurgeActionProps): codepipeline.IAction {
    const { selection, ...names } = props;
    this.allowPurgeFromPipelines();
    return purgeActionOf(this.handler, this.request('purgeAction', selection), names);
  }

  /** Lets the function answer the jobs of pipelines. */
  public allowPurgeFromPipelines(): void {
    if (this.answersPipelines) {
      return;
    }
    this.answersPipelines = true;
    this.handler.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'],
        // These actions know no resources. What they need besides is a job's id, which only the one who was given it knows.
        resources: ['*'],
      }),
    );
    acknowledge(
      this.handler.role ?? this.handler,
      'IAM5[Resource::*]',
      'codepipeline:PutJobSuccessResult and PutJobFailureResult know no resources: they need the id of a job, which only the function that was given it knows.',
    );
  }

  private where(method: string): string {
    return `${this.node.path}: ${method}`;
  }

  private request(method: string, selection: PurgeSelection): PurgeRequest {
    const request = renderSelection(this.where(method), selection);
    checkLimits(this.where(method), request, this.props);
    return request;
  }

  private ruleTarget(event?: events.RuleTargetInput): targets.LambdaFunction {
    return new targets.LambdaFunction(this.handler, { event, deadLetterQueue: this.deadLetterQueue, ...DELIVERIES });
  }
}
