import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Handler } from 'aws-lambda';
import { fetchFromAws } from '../adapters/fetch-from-aws';
import { functionClientConfig } from '../adapters/invoke-function';
import { logJson } from '../adapters/log-json';
import { cloudFrontTools, thenCloudFront } from '../adapters/purge-events/cloudfront';
import { invokePurge } from '../adapters/purge-events/invoke-purge';
import { parseEventRules } from '../adapters/purge-events/rules';
import { purgeEventsHandler } from './handler';

// `NMS_PURGE_FUNCTION`: the purge function's name or ARN. `NMS_EVENT_RULES`: what buckets and tables purge, as JSON. `NMS_CLOUDFRONT`: what
// follows at CloudFront. Default: nothing
const { NMS_PURGE_FUNCTION: purgeFunction, NMS_EVENT_RULES: eventRules } = process.env;
if (!purgeFunction) {
  throw new Error("NMS_PURGE_FUNCTION: must be the purge function's name or ARN, got nothing");
}

/** The purge events function as Lambda calls it. */
export const handler: Handler = purgeEventsHandler({
  purge: thenCloudFront(
    invokePurge(new LambdaClient(functionClientConfig), purgeFunction),
    cloudFrontTools(process.env.NMS_CLOUDFRONT),
  ),
  rules: parseEventRules(eventRules),
  codePipeline: new CodePipelineClient({}),
  // A stand-in's origin in tests; CloudFormation's own addresses otherwise.
  fetch: fetchFromAws(process.env.NMS_CLOUDFORMATION_ORIGIN),
  log: logJson,
});
