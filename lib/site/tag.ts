/** How many tags a page may have. */
export const MOST_TAGS = 128;
/** A tag: visible ASCII, compared with regard to case (RFC 9875 section 2.1). */
export const TAG = /^[\x21-\x7e]{1,256}$/;
/** What `TAG` says, as the end of a sentence. */
export const TAG_RULE = 'a tag of 1 to 256 visible ASCII characters';
/** The response headers in which an origin names a page's tags, or the groups to invalidate (RFC 9875). */
export const TAG_HEADERS: readonly string[] = [
  'cache-groups',
  'surrogate-key',
  'cache-tag',
  'cache-group-invalidation',
];
