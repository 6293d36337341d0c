import type { SQSBatchItemFailure, SQSBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { WARM_TRIES } from '../../lib/site/warming';
import { answerResource, type ResourceTools } from '../adapters/custom-resource';
import { isObject, parseJson, readShape } from '../adapters/purge-events/event-shape';
import { doPart, startWarm, type WarmPorts, type WarmStarted } from '../core/warm';
import type { WarmProgress } from '../core/warm-log';
import { parseWarmRequest, WarmRequestError } from '../core/warm-request';
import { parseWarmPart } from '../core/warm-work';

/** What the warm function works with. */
export interface WarmEventsTools extends WarmPorts, ResourceTools {}

const record = z.object({
  messageId: z.string('must be a text').min(1),
  body: z.string('must be a text'),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().min(1) }),
});
const properties = z.object({
  Warm: z.string('must be a warm request as JSON, such as {"sitemaps": ["https://example.com/sitemap.xml"]}'),
});

/**
 * The warm function: begins warms, says how far they are, and directs the work on what its queue holds.
 *
 * A direct invocation is answered with the warm's id, or its progress; CloudFormation as soon as the warm has begun; SQS
 * with the messages to send again. The handler throws WarmRequestError with every fault of a request.
 */
export function warmEventsHandler(tools: WarmEventsTools): (event: unknown) => Promise<unknown> {
  return async (event) => {
    if (isObject(event) && 'ResponseURL' in event) {
      return answerResource(event, 'warm', (source, given) => warmForDeployment(source, given, tools), tools);
    }
    if (isObject(event) && Array.isArray(event.Records)) {
      return workOnRecords(event.Records, tools);
    }
    return answer(event, tools);
  };
}

async function answer(event: unknown, tools: WarmEventsTools): Promise<WarmStarted | WarmProgress> {
  const request = parseWarmRequest(tools.config, event, tools.now());
  if (request.kind !== 'progress') {
    return startWarm(request, tools);
  }
  const progress = await tools.warms.read(request.warm);
  if (progress === undefined) {
    throw new WarmRequestError([`warm: must be the id of a warm of the last 30 days, got "${request.warm}"`]);
  }
  return progress;
}

async function warmForDeployment(source: string, given: unknown, tools: WarmEventsTools): Promise<string> {
  const { Warm } = readShape(properties, given, 'ResourceProperties');
  const request = Object(parseJson(Warm, 'ResourceProperties.Warm')) as object;
  const { warm } = await answer({ ...request, caller: source }, tools);
  return `warm ${warm} has begun`;
}

async function workOnRecords(records: readonly unknown[], tools: WarmEventsTools): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const each of records) {
    const { messageId, body, attributes } = readShape(record, each, 'the SQS record');
    try {
      const part = parseWarmPart(parseJson(body, 'the body of the SQS message'));
      await doPart(part, tools, attributes.ApproximateReceiveCount >= WARM_TRIES);
    } catch (error) {
      tools.log('warm-part-failed', { messageId, error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
