import { z } from 'zod';
import { canonicalPath } from '../../../lib/site/canonical-path';
import { TAG, TAG_RULE } from '../../../lib/site/tag';
import { describeFault } from '../../core/bad-request';

/** `{name}` in a template: where an attribute's value goes. */
export const PLACEHOLDER = /\{([^{}]+)\}/g;

const text = (pattern: RegExp, rule: string) => z.string(`must be ${rule}`).regex(pattern, `must be ${rule}`);

/** Whether `{key}` stands once, in an ordinary path, so that the page of an ordinary key is one that can be cached. */
function isKeyUrl(url: string): boolean {
  const [, origin = '', path = ''] = /^(https?:\/\/[^/?#\\@{}]+)(\/[^?#]*)$/i.exec(url) ?? [];
  return URL.canParse(origin) && path.split('{key}').length === 2 && canonicalPath(path) !== undefined;
}

/** A schema for what an object's event concerns. */
export const bucketRule = z.strictObject(
  {
    /** The page that an object is shown on: `https://www.example.com/{key}`. */
    url: z
      .string('must be a text')
      .refine(isKeyUrl, "must be an http or https URL with '{key}' once, in its path, and without a query"),
    /** What the keys of pages begin with, and their URLs do not. */
    prefix: text(/^[^]*\/$/, "a text that ends with '/'").default(''),
    /** What an object is called that is also shown at its directory's URL. */
    index: text(/^[^/]+$/, "an object's name without '/'").default('index.html'),
  },
  'must be an object',
);

const tableRule = z.strictObject(
  {
    /** The tags to purge when an item changes, with names of its attributes in braces: `product-{id}`. */
    tags: z
      .array(
        z
          .string('must be a text')
          .refine(
            (template) =>
              TAG.test(template.replace(PLACEHOLDER, 'x')) && !/[{}]/.test(template.replace(PLACEHOLDER, '')),
            `must be ${TAG_RULE}, with attributes as {name}`,
          ),
        'must be a list of tags',
      )
      .min(1, 'must have at least one tag'),
  },
  'must be an object',
);

// Old buckets have names with capital letters and underscores.
export const bucketName = z.string().regex(/^[\w.-]{3,255}$/);
const tableArn = z.string().regex(/^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]{3,255}$/);

const keyed = <Rule extends z.ZodType>(key: z.ZodString, keyRule: string, rule: Rule) =>
  z
    .record(key, rule, {
      error: ({ code }) => (code === 'invalid_key' ? `must be under ${keyRule}` : 'must be an object'),
    })
    .default({});

const eventRules = z.strictObject(
  {
    buckets: keyed(bucketName, "a bucket's name", bucketRule),
    tables: keyed(tableArn, "a table's ARN", tableRule),
  },
  'must be an object with buckets and tables',
);

/** What the events of buckets and tables purge, by the bucket's name and the table's ARN. */
export type EventRules = z.output<typeof eventRules>;
/** What an object's event purges. */
export type BucketRule = z.output<typeof bucketRule>;
/** What an item's change purges. */
export type TableRule = z.output<typeof tableRule>;

/**
 * Reads the rules for events that are not themselves purge requests. Without any, no bucket and no table has rules.
 *
 * @throws Error with every fault.
 */
export function parseEventRules(json: string | undefined): EventRules {
  let rules: unknown;
  try {
    rules = JSON.parse(json || '{}');
  } catch (error) {
    throw new Error(`the event rules must be JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = eventRules.safeParse(rules);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) =>
      describeFault({ ...issue, path: ['rules', ...issue.path] }, { rules }),
    );
    throw new Error(
      `the event rules have ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    );
  }
  return parsed.data;
}
