import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import { describeFault } from '../core/bad-request';
import { ttlSchema } from '../core/write-request';
import { bucketName, bucketRule } from './purge-events/rules';

/** Which pages a bucket's objects are, and for how long they are kept. */
export type WriteRule = z.output<typeof bucketRule> & { readonly ttl?: number };

/**
 * Reads the rules of the buckets whose objects become pages: `NMS_BUCKET_RULES`, by the bucket's name.
 *
 * @throws Error with every fault.
 */
export function parseBucketRules(config: SiteConfig, json: string | undefined): Readonly<Record<string, WriteRule>> {
  let rules: unknown;
  try {
    rules = JSON.parse(json || '{}');
  } catch (error) {
    throw new Error(`NMS_BUCKET_RULES: must be JSON: ${(error as Error).message}`, { cause: error });
  }
  const schema = z.record(bucketName, bucketRule.extend({ ttl: ttlSchema(config) }), "must be by a bucket's name");
  const parsed = schema.safeParse(rules);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = parsed.error.issues.map((issue) =>
    describeFault({ ...issue, path: ['NMS_BUCKET_RULES', ...issue.path] }, { NMS_BUCKET_RULES: rules }),
  );
  throw new Error(faults.join('\n'));
}
