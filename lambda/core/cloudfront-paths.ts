import type { Selector } from './selector';

/** What of a distribution's copies a site's purges have to reach. */
export interface CloudFrontCopies {
  /** Whether it keeps copies by tag: it has a CacheTagConfig, and gets the tags. */
  readonly byTag: boolean;
  /** Whether the query is part of its cache key. */
  readonly queryStrings: boolean;
}

/** All copies: one path, whatever it selects. */
export const EVERY_PATH = '/*';

// CloudFront has 15 paths with wildcards in progress at a time, and 3,000 others.
const MOST_WILDCARDS = 15;
const MOST_PATHS = 1000;
// CloudFront's longest path.
const MOST_CHARACTERS = 4000;

/**
 * The paths by which CloudFront removes its copies of what selectors select, and perhaps of more: it knows no hosts. Where they are too many
 * to be in progress at a time, it is all copies.
 */
export function cloudFrontPaths(selectors: readonly Selector[], copies: CloudFrontCopies): string[] {
  const paths = [...new Set(selectors.flatMap((selector) => pathsOf(selector, copies)))];
  const wildcards = paths.filter((path) => path.endsWith('*')).length;
  const isMuch = paths.length > MOST_PATHS || wildcards > MOST_WILDCARDS;
  const isTooLong = paths.some((path) => path.length > MOST_CHARACTERS);
  return isMuch || isTooLong || paths.includes(EVERY_PATH) ? [EVERY_PATH] : paths;
}

function pathsOf(selector: Selector, { byTag, queryStrings }: CloudFrontCopies): string[] {
  switch (selector.kind) {
    case 'url':
    case 'exact':
      // The query that a copy lies under may have been in another order, or have had tracking parameters besides.
      return withQueries(selector.path, queryStrings);
    case 'prefix':
      return selector.path.endsWith('/')
        ? [`${selector.path}*`]
        : [...withQueries(selector.path, queryStrings), `${selector.path}/*`];
    case 'tag':
      // CloudFront reads a comma as the end of a tag.
      return byTag && !selector.tag.includes(',') ? [`#${selector.tag}`] : [EVERY_PATH];
    case 'host':
    case 'everything':
      return [EVERY_PATH];
  }
}

function withQueries(path: string, queryStrings: boolean): string[] {
  // A star at the end would be a wildcard.
  const exact = path.endsWith('*') ? `${path.slice(0, -1)}%2A` : path;
  return queryStrings ? [exact, `${exact}?*`] : [exact];
}
