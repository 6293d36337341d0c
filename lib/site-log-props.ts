/** What nginx logs of visitors' requests: a line of about 350 bytes of JSON for each that is logged. */
export interface SiteLogProps {
  /**
   * How many of a hundred requests that are answered from the store are logged, with at most two decimals. The metrics count
   * all of them.
   * @default 1
   */
  readonly loggedHits?: number;
  /**
   * How many of a hundred other requests are logged: misses, requests that are not looked up, failures.
   * @default 100
   */
  readonly loggedOthers?: number;
}

/**
 * The variables that tell nginx what to log.
 *
 * @throws Error for what is no percentage.
 */
export function logEnvironment(
  path: string,
  { loggedHits = 1, loggedOthers = 100 }: SiteLogProps,
): Record<string, string> {
  for (const [name, value] of Object.entries({ loggedHits, loggedOthers })) {
    if (!/^(?:100|\d{1,2}(?:\.\d{1,2})?)$/.test(String(value))) {
      throw new Error(`${path}: ${name} must be a percentage from 0 to 100 with at most two decimals, got: ${value}`);
    }
  }
  return { NMS_LOGGED_HITS: String(loggedHits), NMS_LOGGED_OTHERS: String(loggedOthers) };
}
