/** What a purge selects. Hosts and paths are canonical, paths percent-encoded as the origin sees them. */
export type Selector =
  /** Every variant and query string of one page address. */
  | { readonly kind: 'url'; readonly host: string; readonly path: string }
  /** Every variant of one page address with one canonical query. */
  | { readonly kind: 'exact'; readonly host: string; readonly path: string; readonly query: string }
  /** A path and everything below it, on path-segment boundaries. */
  | { readonly kind: 'prefix'; readonly host: string; readonly path: string }
  /** Every page with a tag; where a host is given, only that host's. */
  | { readonly kind: 'tag'; readonly tag: string; readonly host?: string }
  | { readonly kind: 'host'; readonly host: string }
  /** Every page of the site. */
  | { readonly kind: 'everything' };

/** What of a page decides whether a selector selects it. */
export interface PageLabels {
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly tags: readonly string[];
}

/** Whether a selector selects a page: the one rule that the journal, the indexes and the tests go by. */
export function selects(selector: Selector, page: PageLabels): boolean {
  switch (selector.kind) {
    case 'url':
      return selector.host === page.host && selector.path === page.path;
    case 'exact':
      return selector.host === page.host && selector.path === page.path && selector.query === page.query;
    case 'prefix':
      return selector.host === page.host && isBelow(selector.path, page.path);
    case 'tag':
      return (selector.host === undefined || selector.host === page.host) && page.tags.includes(selector.tag);
    case 'host':
      return selector.host === page.host;
    case 'everything':
      return true;
  }
}

/** `/items` has `/items` and `/items/1` below it, never `/items-old`; `/items/` not `/items` itself. */
function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

/** Whether a selector concerns the pages of one URL only. */
export function isOfOneUrl(selector: Selector): selector is Extract<Selector, { kind: 'url' | 'exact' }> {
  return selector.kind === 'url' || selector.kind === 'exact';
}
