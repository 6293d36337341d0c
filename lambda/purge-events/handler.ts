import { answerPipelineJob, type PipelineTools } from '../adapters/purge-events/code-pipeline';
import { answerDeployment, type DeploymentTools } from '../adapters/purge-events/deployment';
import { isObject } from '../adapters/purge-events/event-shape';
import { type Purge, purgeAll } from '../adapters/purge-events/purge-all';
import { purgeRecords, type RecordTools } from '../adapters/purge-events/purge-records';
import { type PurgeAnswer, receiptSummary } from '../adapters/purge-events/receipt-summary';
import { isRequest } from '../adapters/purge-events/request-fields';
import { messageAsks } from '../adapters/purge-events/requests';
import { answerWidget } from '../adapters/purge-events/widget';

/** What the purge events function works with. */
export interface PurgeEventsTools extends RecordTools, PipelineTools, DeploymentTools {
  readonly purge: Purge<PurgeAnswer>;
}

/**
 * The purge events function: takes every kind of event that shall purge pages, has the purge function purge them, and
 * tells the event's source in the way that it expects.
 *
 * A purge request of a direct invocation is answered with the receipt, or the preview of a dry run; a button of a CloudWatch
 * dashboard with HTML; SQS and DynamoDB streams are told which records to send again. Otherwise a failure throws, after everything else in the event has been purged: the error of the purge
 * function, UnknownEventError or BadEventError for what is not understood, and PurgeEventsError for several.
 */
export function purgeEventsHandler(tools: PurgeEventsTools): (event: unknown) => Promise<unknown> {
  const purge = async (request: unknown) => {
    const receipt = await tools.purge(request);
    tools.log('purged', { caller: isObject(request) ? request.caller : undefined, summary: receiptSummary(receipt) });
    return receipt;
  };
  const logging = { ...tools, purge };
  return async (event) => {
    if (isObject(event)) {
      if ('CodePipeline.job' in event) {
        return answerPipelineJob(event, logging);
      }
      if ('ResponseURL' in event) {
        return answerDeployment(event, logging);
      }
      if (Array.isArray(event.Records)) {
        return purgeRecords(event.Records, logging);
      }
      if (isRequest(event)) {
        return 'widgetContext' in event ? answerWidget(event, logging) : purge({ caller: 'direct', ...event });
      }
    }
    return purgeAll(messageAsks(event, tools.rules, 'the event'), purge);
  };
}
