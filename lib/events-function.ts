import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { bundledFunction } from './site-function';

/** How long a call of the function may take: as long as the purge that it waits for. */
export const EVENTS_TIMEOUT = Duration.minutes(15);
/** For how long an event is tried: after that most pages have been rendered again by themselves. */
export const MAX_EVENT_AGE = Duration.hours(6);

/** What the function that takes events works with. */
export interface EventsFunctionProps {
  readonly core: lambda.IFunction;
  readonly functionName?: string;
  /** The rules for buckets and tables, as JSON. */
  readonly eventRules: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/** Makes the function that takes events. It may call the core, and nothing else. */
export function eventsFunction(scope: Construct, props: EventsFunctionProps): lambda.Function {
  const { core, functionName, eventRules, deadLetterQueue } = props;
  const made = bundledFunction(scope, 'purge-events', undefined, {
    description: 'Takes the events that purge pages of the site',
    functionName,
    memorySize: 256,
    timeout: EVENTS_TIMEOUT,
    environment: { NMS_PURGE_FUNCTION: core.functionName, NMS_EVENT_RULES: eventRules },
    onFailure: new destinations.SqsDestination(deadLetterQueue),
    retryAttempts: 2,
    maxEventAge: MAX_EVENT_AGE,
  });
  core.grantInvokeLatestVersion(made);
  return made;
}

/**
 * Makes the queue of what failed.
 *
 * @param isOfQueue whether it is another queue's dead-letter queue, which cdk-nag sees by itself.
 */
export function failedEventsQueue(scope: Construct, isOfQueue = false): sqs.Queue {
  const queue = new sqs.Queue(scope, 'DeadLetterQueue', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // The longest that SQS knows.
    retentionPeriod: Duration.days(14),
  });
  if (!isOfQueue) {
    acknowledge(
      queue,
      'SQS3',
      'It is itself the dead-letter queue of a function, its rules and its schedules; an alarm watches it.',
    );
  }
  return queue;
}

/** Makes the alarm that goes off while a queue of failed events has some. */
export function failedEventsAlarm(
  scope: Construct,
  queue: sqs.IQueue,
  what = 'Events that should have purged pages could not',
): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, 'Alarm', {
    alarmDescription: `${what}: they lie in the dead-letter queue`,
    metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // SQS says nothing about a queue that nobody has used for hours.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
