import { z } from 'zod';
import { TAG } from '../../../lib/site/tag';
import { BadEventError, cut, readShape } from './event-shape';
import { type EventRules, PLACEHOLDER, type TableRule } from './rules';

/** What the changes of a table's items purge. */
export interface TableTags {
  /** The table's name. */
  readonly table: string;
  /** The sequence number of its first record: where a stream is taken up again. */
  readonly first: string;
  readonly tags: readonly string[];
}

/** A stream's records, up to the first that cannot be read. */
export interface StreamReading {
  readonly tables: readonly TableTags[];
  /** The record that cannot be read. Without a sequence number the stream cannot be taken up there. */
  readonly unread?: { readonly sequenceNumber: string | undefined; readonly error: Error };
}

// Two sets in a template give a tag for each pair of their members.
const MOST_TAGS_OF_AN_ITEM = 10_000;

const texts = z.array(z.string('must be a text'), 'must be a list').optional();
// Attributes of other types (B, L, M, NULL) fill nothing, and need not be read.
const attribute = z.looseObject(
  { S: z.string().optional(), N: z.string().optional(), BOOL: z.boolean().optional(), SS: texts, NS: texts },
  'must be an attribute value',
);
const item = z.record(z.string(), attribute, 'must be an item').optional();
const streamRecord = z.object({
  eventSourceARN: z.string('must be a text').regex(/^arn:[^/]+:table\/[^/]+\/stream\//, "must be a stream's ARN"),
  dynamodb: z
    .object({ Keys: item, NewImage: item, OldImage: item, SequenceNumber: z.string('must be a text').min(1) })
    .refine(({ Keys, NewImage, OldImage }) => Keys ?? NewImage ?? OldImage, 'must have Keys or an image'),
});
const numbered = z.object({ dynamodb: z.object({ SequenceNumber: z.string().min(1) }) });

type Item = Readonly<Record<string, z.output<typeof attribute>>>;

/** The tags that a stream's records purge, by table. Never throws: the records before a bad one are good. */
export function readStream(records: readonly unknown[], rules: EventRules): StreamReading {
  const tables = new Map<string, { table: string; first: string; tags: Set<string> }>();
  const result = () => [...tables.values()].map(({ tags, ...rest }) => ({ ...rest, tags: [...tags] }));
  for (const record of records) {
    try {
      const { eventSourceARN, dynamodb } = readShape(streamRecord, record, 'the DynamoDB record');
      const arn = eventSourceARN.replace(/\/stream\/.*$/s, '');
      const table = arn.slice(arn.indexOf('/') + 1);
      const tags = recordTags(findRule(rules, arn), dynamodb);
      const known = tables.get(arn) ?? { table, first: dynamodb.SequenceNumber, tags: new Set() };
      tags.forEach((tag) => known.tags.add(tag));
      tables.set(arn, known);
    } catch (error) {
      const sequenceNumber = numbered.safeParse(record).data?.dynamodb.SequenceNumber;
      return { tables: result(), unread: { sequenceNumber, error: error as Error } };
    }
  }
  return { tables: result() };
}

function findRule(rules: EventRules, arn: string): TableRule {
  const rule = rules.tables[arn];
  if (rule === undefined) {
    throw new BadEventError(`the table ${cut(arn, 400)} has no event rule: there is nothing to say what it purges`);
  }
  return rule;
}

/** What a change purges: the pages of the item as it was, and of the item as it is. */
function recordTags(
  { tags }: TableRule,
  { Keys, NewImage, OldImage }: z.output<typeof streamRecord>['dynamodb'],
): string[] {
  const images = [NewImage, OldImage].filter((image) => image !== undefined);
  const items = images.length > 0 ? images : [Keys ?? {}];
  return items.flatMap((each) => tags.flatMap((template) => fillTemplate(template, each)));
}

/** A template with each value of its attributes; nothing where one is missing, or for what cannot be a page's tag. */
function fillTemplate(template: string, filling: Item): string[] {
  const names = [...new Set([...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name))];
  const fillings = names.reduce<readonly Readonly<Record<string, string>>[]>(
    (sofar, name) => {
      const values = attributeValues(filling[name]);
      if (sofar.length * values.length > MOST_TAGS_OF_AN_ITEM) {
        throw new BadEventError(`the tag ${template}: must become at most ${MOST_TAGS_OF_AN_ITEM} tags of an item`);
      }
      return sofar.flatMap((each) => values.map((value) => ({ ...each, [name]: value })));
    },
    [{}],
  );
  return fillings
    .map((values) => template.replace(PLACEHOLDER, (_, name: string) => values[name] ?? ''))
    .filter((tag) => TAG.test(tag));
}

function attributeValues(value: Item[string] | undefined): readonly string[] {
  const { S, N, BOOL, SS, NS } = value ?? {};
  const single = S ?? N ?? BOOL?.toString();
  return single !== undefined ? [single] : (SS ?? NS ?? []);
}
