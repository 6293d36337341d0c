import { z } from 'zod';
import { canonicalPath } from '../../../lib/site/canonical-path';
import { BadEventError, cut, readShape } from './event-shape';
import { fromSource, type RequestFields } from './request-fields';
import type { BucketRule, EventRules } from './rules';

const s3Object = z.object({
  bucket: z.object({ name: z.string('must be a text') }, 'must be an object'),
  object: z.object({ key: z.string('must be a text') }, 'must be an object'),
});
const notification = z.object({ s3: s3Object });
const eventBridgeEvent = z.object({ detail: s3Object });

/** An object that an event is about, and the URLs of the pages that it is shown on; none when it is no page. */
export interface ObjectPages<Rule extends BucketRule = BucketRule> {
  readonly bucket: string;
  readonly key: string;
  readonly rule: Rule;
  readonly urls: readonly string[];
}

/** What each bucket's objects are shown on, by the bucket's name. */
export type BucketRules<Rule extends BucketRule = BucketRule> = Readonly<Record<string, Rule>>;

/**
 * The object of a record of an S3 event notification.
 *
 * @throws BadEventError when it cannot be read, or its bucket has no rule.
 */
export function s3NotificationObject<Rule extends BucketRule>(
  record: unknown,
  rules: BucketRules<Rule>,
): ObjectPages<Rule> {
  const { bucket, object } = readShape(notification, record, 'the S3 record').s3;
  // Keys in notifications are encoded as in HTML forms.
  return objectPages(rules, bucket.name, object.key, (key) => decodeURIComponent(key.replaceAll('+', ' ')));
}

/**
 * The object of an event of S3 in EventBridge.
 *
 * @throws BadEventError when it cannot be read, or its bucket has no rule.
 */
export function s3EventBridgeObject<Rule extends BucketRule>(
  event: unknown,
  rules: BucketRules<Rule>,
): ObjectPages<Rule> {
  const { bucket, object } = readShape(eventBridgeEvent, event, 'the S3 event').detail;
  return objectPages(rules, bucket.name, object.key, (key) => key);
}

/** What a record of an S3 event notification purges; undefined when the object is no page. @throws BadEventError */
export function s3NotificationRequest(record: unknown, rules: EventRules): RequestFields | undefined {
  return purgeRequest(s3NotificationObject(record, rules.buckets));
}

/** What an event of S3 in EventBridge purges; undefined when the object is no page. @throws BadEventError */
export function s3EventBridgeRequest(event: unknown, rules: EventRules): RequestFields | undefined {
  return purgeRequest(s3EventBridgeObject(event, rules.buckets));
}

function purgeRequest({ bucket, urls }: ObjectPages): RequestFields | undefined {
  return urls.length === 0 ? undefined : fromSource(`s3:${bucket}`, { urls });
}

function objectPages<Rule extends BucketRule>(
  rules: BucketRules<Rule>,
  bucket: string,
  sent: string,
  decode: (key: string) => string,
): ObjectPages<Rule> {
  const rule = Object.hasOwn(rules, bucket) ? rules[bucket] : undefined;
  if (rule === undefined) {
    throw new BadEventError(
      `the bucket ${cut(bucket, 255)} has no event rule: there is nothing to say which pages its objects are shown on`,
    );
  }
  try {
    const key = decode(sent);
    return { bucket, key, rule, urls: objectUrls(rule, key) };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new BadEventError(`the key ${cut(JSON.stringify(sent), 80)} of the bucket ${bucket} is not well encoded`);
  }
}

/**
 * The URLs of the pages that an object is shown on. None for a key that lacks the rule's prefix, and for one that has no
 * ordinary path (`a//b`, `a/../b`, `a#b`): such a page is never cached.
 *
 * @param key the object's key as S3 knows it, decoded.
 * @throws URIError when the key is not Unicode.
 */
export function objectUrls(rule: BucketRule, key: string): string[] {
  if (!key.startsWith(rule.prefix)) {
    return [];
  }
  const page = key.slice(rule.prefix.length);
  const directory = page.slice(0, page.lastIndexOf('/') + 1);
  // Only a key at the end of a URL can be left out up to its last slash.
  const isIndex = rule.url.endsWith('{key}') && page === `${directory}${rule.index}`;
  return [page, ...(isIndex ? [directory] : [])]
    .map((each) => rule.url.replace('{key}', () => encodeKey(each)))
    .filter((url) => canonicalPath(url.replace(/^https?:\/\/[^/]+/i, '')) !== undefined);
}

// Browsers and applications leave these as they are (`[` and `]` too, against RFC 3986 section 3.3), and the site
// takes `%3B` for another page than `;`.
const LEFT_AS_THEY_ARE = /%(?:2[46BC]|3[ABD]|40|5[BD])/g;

function encodeKey(key: string): string {
  return key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(LEFT_AS_THEY_ARE, (code) => decodeURIComponent(code)))
    .join('/');
}
