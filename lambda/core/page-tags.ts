import { isInnerList, parseList } from 'structured-headers';
import { pathPattern } from '../../lib/site/eligibility';
import type { SiteConfig } from '../../lib/site/site-config';
import { MOST_TAGS, TAG } from '../../lib/site/tag';
import { headerValues, type PageResponse } from './page';

/** A page's tags, or why it cannot be stored: a tag that were left out could never purge it. */
export type PageTags = { readonly tags: readonly string[] } | { readonly refused: 'bad-tag' | 'too-many-tags' };

/**
 * The tags of a page: those that the origin names in `Cache-Groups` (RFC 9875), `Surrogate-Key` (parted by spaces) and
 * `Cache-Tag` (parted by commas), those of the routes that match, and others that whoever hands the page over names.
 */
export function pageTags(
  config: SiteConfig,
  path: string,
  { headers }: Pick<PageResponse, 'headers'>,
  others: readonly string[] = [],
): PageTags {
  const groups = cacheGroups(headerValues(headers, 'Cache-Groups'));
  if (groups === undefined) {
    return { refused: 'bad-tag' };
  }
  const separated = (name: string, separator: RegExp) =>
    headerValues(headers, name)
      .flatMap((value) => value.split(separator))
      .filter((tag) => tag !== '');
  const tags = new Set([
    ...groups,
    ...separated('Surrogate-Key', /[ \t]+/),
    ...separated('Cache-Tag', /[ \t]*,[ \t]*/),
    ...config.storage.routes
      .filter((route) => route.tags.length > 0 && new RegExp(`^${pathPattern(route.path)}`).test(path))
      .flatMap((route) => route.tags),
    ...others,
  ]);
  if (![...tags].every((tag) => TAG.test(tag))) {
    return { refused: 'bad-tag' };
  }
  return tags.size > MOST_TAGS ? { refused: 'too-many-tags' } : { tags: [...tags] };
}

/**
 * Reads a List of Strings of RFC 9875 (`Cache-Groups`, `Cache-Group-Invalidation`), all its lines together.
 *
 * @returns undefined for anything else.
 */
export function cacheGroups(lines: readonly string[]): string[] | undefined {
  try {
    const members = parseList(lines.join(', '));
    const groups: unknown[] = members.map((member) => (isInnerList(member) ? undefined : member[0]) as unknown);
    return groups.every((group) => typeof group === 'string') ? groups : undefined;
  } catch {
    return undefined;
  }
}
