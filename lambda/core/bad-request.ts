import type { z } from 'zod';

// An error is answered, logged and sent on: what it quotes of a request must not be as long as the request.
const MOST_LINES = 100;
const MOST_NAMES = 20;
const MOST_SHOWN = 80;

/** A request to the purge or write function that breaks rules. Nothing of it was done; `faults` has one line for each. */
export class BadRequestError extends Error {
  public constructor(
    what: string,
    public readonly faults: readonly string[],
  ) {
    super(
      `${what} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${listFaults(faults, '\n  ')}`,
    );
    this.name = new.target.name;
  }
}

/** The first of many faults, and how many more there are. */
export function listFaults(faults: readonly string[], separator: string): string {
  const more = faults.length - MOST_LINES;
  return [...faults.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

/** One line for a broken rule: the field, the rule, and the value that it has, cut short. */
export function describeFault(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path.map((name) => cut(String(name))).join('.');
  const rule = issue.code === 'unrecognized_keys' ? `has unknown fields: ${names(issue.keys)}` : issue.message;
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  return `${path === '' ? 'the request' : path}: ${rule}, got ${shown(value)}`;
}

function names(keys: readonly string[]): string {
  const more = keys.length - MOST_NAMES;
  return [...keys.slice(0, MOST_NAMES).map(cut), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** A value as JSON, cut short: for a message. */
export function shown(value: unknown): string {
  try {
    return cut(JSON.stringify(value) ?? 'nothing');
  } catch {
    // JSON nested so deeply can be read, and not be written.
    return 'what is nested too deeply';
  }
}

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 3)}...` : text;
}
