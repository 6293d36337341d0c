import { TAG_HEADERS } from '../../lib/site/tag';
import { answerHeaders } from './header-rules';
import type { KeptCopy } from './kept-copy';
import { headerValues, type HeaderPair, type PageResponse } from './page';
import { confirms, type Validators, validatorsOf } from './validators';

/** A kept copy as its origin's 304 makes it: RFC 9111 sections 3.2 and 4.3.4. */
export interface Freshened {
  /** As the origin would have sent it in full, but that its body and what depends on that are in their stored form. */
  readonly response: PageResponse;
  readonly validators: Validators;
  /** Those of the copy, where the 304 names none. */
  readonly tags: readonly string[];
}

// Our body is another coding, or the same one from before: what a 304 says of bytes is not about ours. The entity tag is the one
// that was asked about, and where the body has been coded anew, it is stored as a weak one.
const OF_THE_BODY = new Set([
  'content-length',
  'content-encoding',
  'content-range',
  'accept-ranges',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
  'etag',
]);
// They are about one answer: an old one says nothing of the new one's age.
const OF_THE_ANSWER = new Set(['date', 'age']);

/**
 * Updates a copy by a 304 that its origin gave when it was asked about it.
 *
 * @param nowMs when it was asked, in milliseconds since 1970.
 * @returns undefined for a 304 about another response, or one that says that it is of another type now.
 */
export function freshen(copy: KeptCopy, { headers }: PageResponse, nowMs: number): Freshened | undefined {
  const said = answerHeaders(headers, true).filter(([name]) => !OF_THE_BODY.has(name.toLowerCase()));
  if (!confirms(headers, copy.validators) || !isOfType(said, copy.page)) {
    return undefined;
  }
  const replaced = new Set([...said.map(([name]) => name.toLowerCase()), ...OF_THE_ANSWER]);
  const kept = copy.page.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  const namesTags = TAG_HEADERS.some((name) => headerValues(said, name).length > 0);
  const { lastModified } = validatorsOf(said, nowMs);
  return {
    response: { status: copy.page.status, headers: [...kept, ...said], body: copy.page.body },
    validators: { ...copy.validators, ...(lastModified !== undefined && { lastModified }) },
    tags: namesTags ? [] : copy.tags,
  };
}

// What the body was coded, minified or opened for fragments by.
function isOfType(said: readonly HeaderPair[], { headers }: PageResponse): boolean {
  const types = headerValues(said, 'Content-Type').map(mediaType);
  const stored = mediaType(headerValues(headers, 'Content-Type')[0] ?? '');
  return types.every((type) => type === stored);
}

function mediaType(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}
