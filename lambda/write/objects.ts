import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { SiteConfig } from '../../lib/site/site-config';
import type { Bucket } from '../adapters/bucket';
import type { WriteRule } from '../adapters/bucket-rules';
import { nodeExists } from '../adapters/node-exists';
import type { Stores } from '../adapters/open-stores';
import { isObject } from '../adapters/purge-events/event-shape';
import { eventSource } from '../adapters/purge-events/requests';
import { objectUrls, s3EventBridgeObject, s3NotificationObject } from '../adapters/purge-events/s3';
import { forEachAtOnce } from '../core/batches';
import { describeFault } from '../core/bad-request';
import { type WarmResult, WarmTally } from '../core/warm-result';
import { type ObjectResult, writeObject } from '../core/write-object';
import { WriteRequestError } from '../core/write-request';
import type { CallContext } from '../purge/handler';

/** What writing objects needs. */
export interface ObjectTools {
  readonly config: SiteConfig;
  readonly stores: () => Promise<Stores>;
  readonly rules: Readonly<Record<string, WriteRule>>;
  readonly bucket: (name: string) => Bucket;
}

/** What was written of a bucket, and after which key to go on where time ran out. */
export interface BucketAnswer {
  readonly pages: WarmResult;
  readonly next?: string;
}

const AT_ONCE = 8;
const BATCH = 200;
// As long as a batch of slow objects and their purges may take.
const LEAST_TIME = 120_000;

const bucketRequest = z.strictObject({
  bucket: z.string('must be a text').min(1, "must be a bucket's name"),
  prefix: z.string('must be a text').default(''),
  after: z.string('must be a text').optional(),
});

/** Whether an event is of S3, by EventBridge or as a notification; its test event too. */
export function isObjectEvent(event: unknown): event is Readonly<Record<string, unknown>> {
  return (
    isObject(event) &&
    (event.source === 'aws.s3' || event.Event === 's3:TestEvent' || eventSource(recordsOf(event)[0]) === 'aws:s3')
  );
}

/** Writes the pages of the objects that an event is about, as the objects are now, whatever the event says of them. */
export async function writeFromEvent(
  event: Readonly<Record<string, unknown>>,
  tools: ObjectTools,
): Promise<readonly ObjectResult[]> {
  checkSite(tools.config);
  const objects =
    event.source === 'aws.s3'
      ? [s3EventBridgeObject(event, tools.rules)]
      : recordsOf(event).map((record) => s3NotificationObject(record, tools.rules));
  const results: ObjectResult[] = [];
  for (const { bucket, key, rule } of objects) results.push(...(await writeKey(bucket, key, rule, tools)));
  return results;
}

/**
 * Writes the pages of all objects of a bucket whose keys begin with a prefix: `{ bucket, prefix?, after? }`.
 *
 * @throws WriteRequestError with every fault.
 */
export async function writeBucket(event: unknown, tools: ObjectTools, context?: CallContext): Promise<BucketAnswer> {
  checkSite(tools.config);
  const parsed = bucketRequest.safeParse(event);
  if (!parsed.success) {
    throw new WriteRequestError(parsed.error.issues.map((issue) => describeFault(issue, event)));
  }
  const { bucket, prefix, after } = parsed.data;
  const rule = Object.hasOwn(tools.rules, bucket) ? tools.rules[bucket] : undefined;
  if (rule === undefined) {
    throw new WriteRequestError([`bucket: must be one that the site writes from, got ${JSON.stringify(bucket)}`]);
  }
  if (!prefix.startsWith(rule.prefix) && prefix !== '') {
    throw new WriteRequestError([`prefix: must begin with ${rule.prefix}, got ${JSON.stringify(prefix)}`]);
  }
  const tally = new WarmTally();
  let last = after;
  let keys: string[] = [];
  const work = async () => {
    await forEachAtOnce(keys, AT_ONCE, async (key) => {
      for (const { url, outcome } of await tryKey(bucket, key, rule, tools)) {
        tally.add(outcome === 'stored' ? 'stored' : 'refused', {
          url,
          ...(outcome !== 'stored' && { reason: outcome }),
        });
      }
    });
    last = keys.at(-1) ?? last;
    keys = [];
  };
  const tryKey = async (...args: Parameters<typeof writeKey>) => {
    try {
      return await writeKey(...args);
    } catch (error) {
      tally.add('failed', { url: args[1], reason: 'not-written', detail: (error as Error).message });
      return [];
    }
  };
  for await (const key of tools.bucket(bucket).keys(prefix || rule.prefix, after)) {
    keys.push(key);
    if (keys.length === BATCH) {
      await work();
      if ((context?.getRemainingTimeInMillis() ?? Infinity) < LEAST_TIME) return { pages: tally.result, next: last };
    }
  }
  await work();
  return { pages: tally.result };
}

async function writeKey(
  bucket: string,
  key: string,
  rule: WriteRule,
  { config, stores, bucket: open }: ObjectTools,
): Promise<ObjectResult[]> {
  const tools = { ...(await stores()), config, now: Date.now, newId: randomUUID, nodeExists };
  const results: ObjectResult[] = [];
  for (const url of objectUrls(rule, key)) {
    const view = (_: unknown, signal: AbortSignal) => open(bucket).get(key, signal);
    results.push(await writeObject({ url, view, terms: { ttl: rule.ttl }, caller: `s3:${bucket}` }, tools));
  }
  return results;
}

function checkSite({ compatibility }: SiteConfig): void {
  if (compatibility !== undefined) {
    throw new WriteRequestError([
      'bucket: must not be written from: the application stores the pages of this site itself (compatibility)',
    ]);
  }
}

function recordsOf(event: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(event.Records) ? (event.Records as unknown[]) : [];
}
