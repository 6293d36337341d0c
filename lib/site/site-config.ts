import { z } from 'zod';
import { withCompatibilityDefaults } from './compatibility-faults';
import { siteConfigSchema } from './site-config-schema';

/**
 * Everything that decides how a site is cached: one JSON document, the same for nginx, the functions, the local runner
 * and the command line. It holds nothing that is known only after a deployment.
 */
export type SiteConfig = z.infer<typeof siteConfigSchema>;

/** A site's document as its owner writes it: every field but `site` may be left out. */
export type SiteConfigInput = z.input<typeof siteConfigSchema>;

export type QueryPolicy = SiteConfig['key']['query'];
export type Variant = SiteConfig['key']['variants'][number];

/** A SiteConfig that breaks rules. `faults` has one line for each of them. */
export class SiteConfigError extends Error {
  public constructor(public readonly faults: string[]) {
    super(
      `the site configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    );
    this.name = 'SiteConfigError';
  }
}

/**
 * Checks a site's document and fills in the defaults.
 *
 * @throws SiteConfigError naming every field that breaks a rule, the rule, and the value that it has.
 */
export function parseSiteConfig(input: unknown): SiteConfig {
  const result = siteConfigSchema.safeParse(withCompatibilityDefaults(input));
  if (result.success) {
    return result.data;
  }
  throw new SiteConfigError(result.error.issues.map((issue) => describeIssue(issue, input)));
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const field = issue.path.length === 0 ? 'the document' : issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${field}: has no field ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  const shown = JSON.stringify(value) ?? 'nothing';
  return `${field}: ${issue.message}, got ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}`;
}
