import { z } from 'zod';
import { isObject, parseJson, readShape, UnknownEventError } from './event-shape';
import { asRequest, fromSource, isRequest, type RequestFields } from './request-fields';
import type { EventRules } from './rules';
import { s3EventBridgeRequest, s3NotificationRequest } from './s3';

/**
 * One thing that a message asks for, or undefined where it purges nothing. It is read, and throws, when its turn comes:
 * so that one that cannot be read keeps no other from being purged.
 */
export type Ask = () => RequestFields | undefined;

const text = z.string('must be a text');
const eventBridgeEvent = z.object({ source: text, 'detail-type': text, detail: z.unknown() });
const snsEnvelope = z.object({ Message: text, TopicArn: text });
const snsRecord = z.object({ Sns: snsEnvelope });
const sqsRecord = z.object({ body: text, eventSourceARN: text });

/**
 * What a message asks for: a purge request, an S3 notification, an event of EventBridge, or one of them in the envelope
 * of SNS. Nothing else: whoever may send a message must not be able to have a URL called or a pipeline's job answered.
 *
 * @throws UnknownEventError, BadEventError
 */
export function messageAsks(message: unknown, rules: EventRules, what: string): Ask[] {
  if (isObject(message)) {
    if (message.Event === 's3:TestEvent') {
      return []; // S3 sends it when a notification is configured.
    }
    if (Array.isArray(message.Records)) {
      return message.Records.map((record: unknown) => () => s3RecordRequest(record, rules));
    }
    if ('detail-type' in message) {
      return [() => eventBridgeRequest(message, rules)];
    }
    if (message.Type === 'Notification') {
      return snsAsks(readShape(snsEnvelope, message, what), rules);
    }
    if (isRequest(message)) {
      return [() => message];
    }
  }
  throw new UnknownEventError(what, message);
}

/**
 * What a record of SNS, SQS or S3 asks for.
 *
 * @throws UnknownEventError, BadEventError
 */
export function recordAsks(record: unknown, rules: EventRules): Ask[] {
  switch (eventSource(record)) {
    case 'aws:sns':
      return snsAsks(readShape(snsRecord, record, 'the SNS record').Sns, rules);
    case 'aws:sqs': {
      const { body, eventSourceARN } = readShape(sqsRecord, record, 'the SQS record');
      const what = 'the body of the SQS message';
      return within(`sqs:${arnName(eventSourceARN)}`, messageAsks(parseJson(body, what), rules, what));
    }
    default:
      return [() => s3RecordRequest(record, rules)];
  }
}

/** The service that a record says it is of. */
export function eventSource(record: unknown): unknown {
  // SNS alone spells it with a capital letter.
  return isObject(record) ? (record.eventSource ?? record.EventSource) : undefined;
}

function snsAsks({ Message, TopicArn }: z.output<typeof snsEnvelope>, rules: EventRules): Ask[] {
  const what = 'the message of SNS';
  return within(`sns:${arnName(TopicArn)}`, messageAsks(parseJson(Message, what), rules, what));
}

function s3RecordRequest(record: unknown, rules: EventRules): RequestFields | undefined {
  const source = eventSource(record);
  if (source !== 'aws:s3') {
    throw new UnknownEventError(typeof source === 'string' ? `the record of ${source}` : 'the record', record);
  }
  return s3NotificationRequest(record, rules);
}

function eventBridgeRequest(event: unknown, rules: EventRules): RequestFields | undefined {
  const { source, 'detail-type': type, detail } = readShape(eventBridgeEvent, event, 'the EventBridge event');
  return source === 'aws.s3'
    ? s3EventBridgeRequest(event, rules)
    : fromSource(`eventbridge:${source}`, asRequest(detail, `the detail of the event '${type}' of ${source}`));
}

function within(source: string, asks: readonly Ask[]): Ask[] {
  return asks.map((ask) => () => {
    const request = ask();
    return request && fromSource(source, request);
  });
}

/** The last part of the ARN of a topic or queue. */
function arnName(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
