import type { z } from 'zod';

/** A request to the purge or write function that breaks rules. Nothing of it was done; `faults` has one line for each. */
export class BadRequestError extends Error {
  public constructor(
    what: string,
    public readonly faults: readonly string[],
  ) {
    super(`${what} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`);
    this.name = new.target.name;
  }
}

/** One line for a broken rule: the field, the rule, and the value that it has, cut short. */
export function describeFault(issue: z.core.$ZodIssue, input: unknown): string {
  const field = issue.path.length === 0 ? 'the request' : issue.path.map(String).join('.');
  const rule = issue.code === 'unrecognized_keys' ? `has unknown fields: ${issue.keys.join(', ')}` : issue.message;
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  const shown = JSON.stringify(value) ?? 'nothing';
  return `${field}: ${rule}, got ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}`;
}
