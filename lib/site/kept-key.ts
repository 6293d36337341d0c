/** Ends the spec version of a site that keeps copies of its pages, so that every page key says by itself whether it has one. */
export const KEEPS_COPIES = 'k';

const KEPT = ':kept';
// No key of an application that stores its pages itself looks like one of these.
const OF_KEPT_PAGE = /^[a-z][a-z0-9-]{0,31}:\d{1,6}\.[0-9a-f]{8}k:[0-9a-f]{32}$/;

/**
 * The key of the copy of a page that outlives it.
 *
 * @returns undefined where the release of the site that made the page key keeps none.
 */
export function keptKey(pageKey: string): string | undefined {
  return OF_KEPT_PAGE.test(pageKey) ? pageKey + KEPT : undefined;
}

/** The key whose node a key's value lies on. A kept copy lies on its page's: where one is purged, the other is. */
export function placingKey(key: string): string {
  const pageKey = key.endsWith(KEPT) ? key.slice(0, -KEPT.length) : key;
  return OF_KEPT_PAGE.test(pageKey) ? pageKey : key;
}
