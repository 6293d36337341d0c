/**
 * What whoever hands a page over says of it, besides its headers. It widens nothing: a page that may not be stored by its
 * status or headers is not stored on any terms.
 */
export interface PageTerms {
  /** Seconds for which the page is kept, whatever its headers say of its lifetime. @default - what the storage rules say */
  readonly ttl?: number;
  /** Tags besides those of its headers and routes. @default - none */
  readonly tags?: readonly string[];
}
