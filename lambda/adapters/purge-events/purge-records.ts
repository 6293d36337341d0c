import type { SQSBatchItemFailure, SQSBatchResponse } from 'aws-lambda';
import { MOST_TAGS_AT_ONCE } from '../../core/purge-request';
import type { Log } from '../log-json';
import { readStream, type TableTags } from './dynamodb-stream';
import { isObject } from './event-shape';
import { type Purge, purgeAll, settleAll, throwTogether } from './purge-all';
import { fromSource } from './request-fields';
import { eventSource, recordAsks } from './requests';
import type { EventRules } from './rules';

/** What records need to be purged. */
export interface RecordTools {
  readonly purge: Purge;
  readonly rules: EventRules;
  readonly log: Log;
}

// A purge takes a call of the purge function: a queue's batch must neither take all of its concurrency nor an hour.
const PURGES_AT_ONCE = 5;

/**
 * Purges what records of SNS, SQS, S3 and DynamoDB streams ask for, each by its own kind.
 *
 * @returns for SQS and DynamoDB, which records to send again.
 * @throws what failed for a source that takes an event as a whole, after trying all of its records.
 */
export async function purgeRecords(
  records: readonly unknown[],
  tools: RecordTools,
): Promise<SQSBatchResponse | undefined> {
  const stream = records.filter((record) => eventSource(record) === 'aws:dynamodb');
  const messages = records.filter((record) => eventSource(record) !== 'aws:dynamodb');
  const outcomes = await settleAll(messages, PURGES_AT_ONCE, async (record) =>
    purgeAll(recordAsks(record, tools.rules), tools.purge),
  );
  const thrown: Error[] = [];
  const batchItemFailures = messages.flatMap((record, at): SQSBatchItemFailure[] => {
    const error = outcomes[at];
    if (error === undefined) return [];
    if (!isObject(record) || eventSource(record) !== 'aws:sqs' || typeof record.messageId !== 'string') {
      thrown.push(error);
      return [];
    }
    tools.log('purge-failed', { source: record.eventSourceARN, messageId: record.messageId, error });
    return [{ itemIdentifier: record.messageId }];
  });
  batchItemFailures.push(...(await purgeStream(stream, tools)));
  throwTogether(thrown);
  const partial = stream.length > 0 || messages.some((record) => eventSource(record) === 'aws:sqs');
  return partial ? { batchItemFailures } : undefined;
}

async function purgeStream(records: readonly unknown[], tools: RecordTools): Promise<SQSBatchItemFailure[]> {
  const { tables, unread } = readStream(records, tools.rules);
  const outcomes = await settleAll(tables, PURGES_AT_ONCE, (table) => purgeTable(table, tools.purge));
  const failed = tables.map(({ table, first }, at) => ({ table, first, error: outcomes[at] }));
  const failures = failed.flatMap(({ table, first, error }): SQSBatchItemFailure[] => {
    if (error === undefined) return [];
    tools.log('purge-failed', { source: `dynamodb:${table}`, sequenceNumber: first, error });
    return [{ itemIdentifier: first }];
  });
  if (unread === undefined) {
    return failures;
  }
  if (unread.sequenceNumber === undefined) {
    throw unread.error; // Lambda then sends the whole batch again.
  }
  tools.log('purge-failed', { source: 'dynamodb', ...unread });
  return [...failures, { itemIdentifier: unread.sequenceNumber }];
}

async function purgeTable({ table, tags }: TableTags, purge: Purge): Promise<void> {
  for (let at = 0; at < tags.length; at += MOST_TAGS_AT_ONCE) {
    await purge(fromSource(`dynamodb:${table}`, { tags: tags.slice(at, at + MOST_TAGS_AT_ONCE) }));
  }
}
