import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Handler } from 'aws-lambda';
import { fetchFromAws } from '../adapters/fetch-from-aws';
import { functionClientConfig, invokeFunction } from '../adapters/invoke-function';
import { logJson } from '../adapters/log-json';
import { warmQueue } from '../adapters/warm-queue';
import type { WarmAnswer } from '../core/warm-work';
import { readEnvironment } from '../environment';
import { DynamoWarmLog } from '../stores/dynamo/warm-log';
import { warmEventsHandler } from './handler';

const environment = readEnvironment(['site', 'table', 'dynamodbEndpoint', 'warmFunction', 'warmQueue']);
const { site: config, table: tableName, dynamodbEndpoint } = environment;
const dynamodb = new DynamoDBClient(dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint });
const lambda = new LambdaClient(functionClientConfig);

/** The warm function as Lambda calls it. */
export const handler: Handler = warmEventsHandler({
  config,
  warms: new DynamoWarmLog({ client: dynamodb, tableName, site: config.site }),
  send: warmQueue(new SQSClient({}), environment.warmQueue),
  work: async (work) => (await invokeFunction(lambda, environment.warmFunction, work)).answer as WarmAnswer,
  newId: randomUUID,
  now: Date.now,
  // A stand-in's origin in tests; CloudFormation's own addresses otherwise.
  fetch: fetchFromAws(process.env.NMS_CLOUDFORMATION_ORIGIN),
  log: logJson,
});
