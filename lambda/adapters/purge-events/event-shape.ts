import type { z } from 'zod';
import { describeFault, listFaults, shown } from '../../core/bad-request';

/** An event, or a message in it, that is of a known kind and breaks its rules. */
export class BadEventError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = 'BadEventError';
  }
}

/** Something that came as an event, or as a message in one, and is of no known kind. */
export class UnknownEventError extends Error {
  public constructor(what: string, value: unknown) {
    super(
      `${what} is not understood: it ${describe(value)}; understood are a purge request such as ` +
        '{"urls": ["https://example.com/news"]}, {"tags": ["news"]} or {"everything": true}, and the events of S3, ' +
        'EventBridge, SNS, SQS, DynamoDB Streams, CodePipeline and CloudFormation custom resources',
    );
    this.name = 'UnknownEventError';
  }
}

// Enough to recognize an event by, and not what somebody wants to see in our logs.
const MOST_FIELDS_SHOWN = 20;

function describe(value: unknown): string {
  if (!isObject(value)) {
    return `is ${shown(value)}`;
  }
  const fields = Object.keys(value);
  const first = fields.slice(0, MOST_FIELDS_SHOWN).map((field) => cut(field, 40));
  const more = fields.length > MOST_FIELDS_SHOWN ? [`and ${fields.length - MOST_FIELDS_SHOWN} more`] : [];
  return fields.length === 0 ? 'has no fields' : `has the fields ${[...first, ...more].join(', ')}`;
}

/** Whether a value of a JSON document is an object: no list and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads what is needed of an event.
 *
 * @throws BadEventError with every fault.
 */
export function readShape<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) =>
      describeFault({ ...issue, path: [what, ...issue.path] }, { [what]: value }),
    );
    throw new BadEventError(listFaults(faults, '\n'));
  }
  return parsed.data;
}

/**
 * Reads a text that shall be JSON.
 *
 * @throws BadEventError when it is not.
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadEventError(`${what}: must be JSON, got ${cut(JSON.stringify(text), 80)}`);
  }
}

/** A text cut to a length, in UTF-16 units as AWS counts, without half a character at its end. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
