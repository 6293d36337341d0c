import { Token } from 'aws-cdk-lib';
import { TAG, TAG_RULE } from './site/tag';

/** What happens to the pages that a purge finds. */
export enum PurgeMode {
  /** They are gone: the next visitor of each has it rendered. */
  DELETE = 'delete',
  /** They are rendered again and overwritten, so that nobody meets a miss. What cannot be rendered is deleted. */
  REFRESH = 'refresh',
}

/**
 * Which pages a purge finds: those that any of its fields names.
 *
 * Strings may be known only later: `events.EventField.fromPath('$.detail.url')` is the URL that an event brings.
 */
export interface PurgeSelection {
  /**
   * URLs, each with every variant and query string.
   * @default - none
   */
  readonly urls?: string[];
  /**
   * URLs, each with its own query string only, and every variant.
   * @default - none
   */
  readonly exactUrls?: string[];
  /**
   * URLs without a query, each with its path and everything below it: `https://www.example.com/news` is never `/newsletter`.
   * @default - none
   */
  readonly prefixes?: string[];
  /**
   * Tags, as the origin or a route gives them to pages.
   * @default - none
   */
  readonly tags?: string[];
  /**
   * Hosts, each with all of its pages.
   * @default - none
   */
  readonly hosts?: string[];
  /**
   * Whether to find every page of the site.
   * @default false
   */
  readonly everything?: boolean;
  /**
   * What happens to the pages.
   * @default PurgeMode.DELETE
   */
  readonly mode?: PurgeMode;
}

/** A request to the purge function. */
export type PurgeRequest = Record<string, unknown>;

const LISTS = ['urls', 'exactUrls', 'prefixes', 'tags', 'hosts'] as const;

const RULES: Record<(typeof LISTS)[number], readonly [pattern: RegExp, rule: string]> = {
  urls: [/^https?:\/\/[^/?#]+/i, 'an http or https URL'],
  exactUrls: [/^https?:\/\/[^/?#]+/i, 'an http or https URL'],
  prefixes: [/^https?:\/\/[^/?#]+[^?#]*$/i, 'an http or https URL without a query'],
  tags: [TAG, TAG_RULE],
  hosts: [/^[^/\s]+$/, "a host's name"],
};

/**
 * The request that asks the purge function for a selection.
 *
 * @param where the construct and the method that the selection was given to, for errors.
 * @throws Error when the selection is empty, or a string in it that is known already can name nothing.
 */
export function renderSelection(where: string, selection: PurgeSelection): PurgeRequest {
  const lists = LISTS.filter((field) => (selection[field] ?? []).length > 0);
  if (lists.length === 0 && selection.everything !== true) {
    throw new Error(
      `${where}: the selection must name something by ${LISTS.join(', ')} or everything: true, got: ${JSON.stringify(selection)}`,
    );
  }
  for (const field of lists) {
    const [pattern, rule] = RULES[field];
    const bad = selection[field]?.find((text) => !Token.isUnresolved(text) && !pattern.test(text));
    if (bad !== undefined) {
      throw new Error(`${where}: ${field} must each be ${rule}, got: '${bad}'`);
    }
  }
  return {
    ...Object.fromEntries(lists.map((field) => [field, selection[field]])),
    ...(selection.everything === true ? { everything: true } : {}),
    mode: selection.mode ?? PurgeMode.DELETE,
  };
}
