import { parseHttpDate } from './http-date';
import { type HeaderPair, headerValues } from './page';

/** What an origin said by which it tells whether a response is still the one that it would give: RFC 9110 section 8.8. */
export interface Validators {
  /** Its own entity tag, strong or weak as it came; never one of ours. */
  readonly etag?: string;
  /** Its `Last-Modified`, as it came. */
  readonly lastModified?: string;
}

/** An entity tag: RFC 9110 section 8.8.3. */
export const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
/** What may be a date; whether it is, is known when it comes. */
export const LAST_MODIFIED = /^[\x20-\x7e]{1,64}$/;

/** Reads the validators of an origin's response. What cannot be read, or is said twice, is none. */
export function validatorsOf(headers: readonly HeaderPair[], nowMs: number): Validators {
  const etag = only(headerValues(headers, 'ETag'));
  const lastModified = only(headerValues(headers, 'Last-Modified'));
  return {
    ...(etag !== undefined && ENTITY_TAG.test(etag) && { etag }),
    ...(lastModified !== undefined && parseHttpDate(lastModified, nowMs) !== undefined && { lastModified }),
  };
}

/** Whether there is anything to ask an origin with. */
export function canValidate({ etag, lastModified }: Validators): boolean {
  return etag !== undefined || lastModified !== undefined;
}

/** The headers of a request that asks whether they still hold: RFC 9111 section 4.3.1. */
export function conditionalHeaders({ etag, lastModified }: Validators): HeaderPair[] {
  return [
    ...(etag === undefined ? [] : [['If-None-Match', etag] as const]),
    ...(lastModified === undefined ? [] : [['If-Modified-Since', lastModified] as const]),
  ];
}

/**
 * Whether a 304 is about the response that was asked about: RFC 9111 section 4.3.4. Its entity tag has to be the same, but for
 * its strength; without one, `Last-Modified` has to be the same; one without any is about what was asked.
 *
 * That section has a strong tag match strong ones only, so that fields about one coding of a body do not come to another: we take
 * none of those. nginx weakens the tag of what it compresses, and has the strong one in its 304.
 */
export function confirms(headers: readonly HeaderPair[], { etag, lastModified }: Validators): boolean {
  const tags = headerValues(headers, 'ETag');
  return tags.length > 0
    ? tags.every((tag) => opaque(tag) === opaque(etag))
    : headerValues(headers, 'Last-Modified').every((date) => lastModified === undefined || date === lastModified);
}

function opaque(etag: string | undefined): string | undefined {
  return etag?.replace(/^W\//, '');
}

function only(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0]?.trim() : undefined;
}
