import { MOST_TAGS, TAG } from '../../lib/site/tag';
import type { Log } from '../adapters/log-json';
import { cacheDirectives } from '../core/cache-directives';
import { type HeaderPair, headerValues, type PageResponse } from '../core/page';
import { STORED_STATUSES } from '../core/storable-status';
import type { PageOptions, PageRequest } from './options';

type Terms = Pick<PageOptions, 'ttl' | 'tags'>;

/**
 * What the options say of a page, as headers that its response gets in place of those of the same names: the writer, whether
 * it is in this program or the site's, reads them as it reads what an application says itself.
 */
export function termHeaders(
  terms: Terms,
  request: PageRequest,
  response: Omit<PageResponse, 'body'>,
  log: Log,
): HeaderPair[] {
  try {
    return [...tagHeader(terms, request, response), ...lifetimeHeader(terms, response)];
  } catch (error) {
    // A page without its tags could never be purged by them.
    log('bad-tags', { path: request.path, error });
    return [['CDN-Cache-Control', 'no-store']];
  }
}

function tagHeader({ tags = [] }: Terms, request: PageRequest, { headers }: Omit<PageResponse, 'body'>): HeaderPair[] {
  const all: unknown = typeof tags === 'function' ? tags(request) : tags;
  if (!isTags(all)) {
    throw new Error(`tags must be at most ${MOST_TAGS} of 1 to 256 visible ASCII characters`);
  }
  return all.length === 0 ? [] : [['Surrogate-Key', [...headerValues(headers, 'Surrogate-Key'), ...all].join(' ')]];
}

function isTags(tags: unknown): tags is readonly string[] {
  return (
    Array.isArray(tags) && tags.length <= MOST_TAGS && tags.every((tag) => typeof tag === 'string' && TAG.test(tag))
  );
}

function lifetimeHeader({ ttl }: Terms, response: Omit<PageResponse, 'body'>): HeaderPair[] {
  const { status, headers } = response;
  const { values, forbidden } = cacheDirectives(response, ['CDN-Cache-Control']);
  const says = forbidden !== undefined || ['max-age', 's-maxage'].some((name) => values.has(name));
  const isOld = ['Expires', 'Pragma'].some((name) => headerValues(headers, name).length > 0);
  // What sets a cookie is one visitor's: also a cache in front of the site must not be told to keep it.
  const isOwn = headerValues(headers, 'Set-Cookie').length > 0;
  if (ttl === undefined || says || isOld || isOwn || !STORED_STATUSES.has(status)) {
    return [];
  }
  // What else it says counts no longer beside this field (RFC 9213 section 2.2), so it is said here too.
  const others = headerValues(headers, 'CDN-Cache-Control').length > 0 ? 'CDN-Cache-Control' : 'Cache-Control';
  return [['CDN-Cache-Control', [...headerValues(headers, others), `max-age=${ttl}`].filter(Boolean).join(', ')]];
}
