import { S3Client } from '@aws-sdk/client-s3';
import type { Handler } from 'aws-lambda';
import { bucketOf } from '../adapters/bucket';
import { parseBucketRules } from '../adapters/bucket-rules';
import { functionStores } from '../adapters/function-stores';
import { readEnvironment } from '../environment';
import { writeHandler } from './handler';

const environment = readEnvironment(['site', 'cache', 'table', 'dynamodbEndpoint']);
const { site: config } = environment;
const s3 = new S3Client({});

/** The write function as Lambda calls it. */
export const handler: Handler = writeHandler({
  config,
  stores: functionStores(environment),
  // `NMS_BUCKET_RULES`: which pages the objects of buckets are, as JSON.
  rules: parseBucketRules(config, process.env.NMS_BUCKET_RULES),
  bucket: (name) => bucketOf(s3, name, config.limits.pageSize),
});
