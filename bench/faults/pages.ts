/** Which pages are asked for. */
export type Kind = (typeof KINDS)[number];

export const KINDS = ['a page of the other node', 'a page of the node that breaks', 'a new page'] as const;

// Of ten requests in a row: most are for stored pages.
const TURNS: readonly Kind[] = (
  ['other', 'broken', 'other', 'other', 'broken', 'other', 'new', 'other', 'broken', 'other'] as const
).map((name) => ({ other: KINDS[0], broken: KINDS[1], new: KINDS[2] })[name]);

/** The paths of the stored pages, by the node that they lie on. */
export type StoredPages = Readonly<Record<Exclude<Kind, 'a new page'>, readonly string[]>>;

/** What the so-manyth request is for. A new page's path never comes again in another phase. */
export function pageOf(request: number, stored: StoredPages, phase: string): { kind: Kind; path: string } {
  const kind = TURNS[request % TURNS.length] as Kind;
  if (kind === 'a new page') {
    return { kind, path: `/new/${phase}/${request}` };
  }
  const paths = stored[kind];
  return { kind, path: paths[request % paths.length] as string };
}

/** The application's text for a path. */
export function pageText(path: string): string {
  return `<!doctype html><title>A page</title><p>${path} ${'of some length '.repeat(500)}`;
}
