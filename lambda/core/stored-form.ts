import type { SiteConfig } from '../../lib/site/site-config';
import { codeBody } from './body-coding';
import { withEntityTag } from './entity-tag';
import { isHeader, pageHeaders } from './header-rules';
import { formatHttpDate, parseHttpDate } from './http-date';
import { minifiedPage } from './minify-page';
import { headerValues, type HeaderPair, type PageResponse } from './page';
import { pageHead } from './page-format';
import { openForFragments } from './page-with-fragments';
import type { StorageReason } from './reasons';

/** A response in the form in which it is stored, or why it has none. */
export type StoredForm =
  | { readonly page: PageResponse }
  | { readonly refused: Extract<StorageReason, 'bad-header' | 'content-encoding' | 'head-too-large' | 'too-large'> };

// Anybody can ask for addresses that do not exist: what a cache full of them holds stays small.
const MOST_NEGATIVE_BYTES = 64 * 1024;

/**
 * The form of a response that is stored, and that a miss is answered with too, so that a miss and a hit look the same:
 * without what belongs to one connection or visitor, the body in the coding in which it is kept, with a date.
 *
 * @param nowMs the moment that a response without a readable `Date` gets, in milliseconds since 1970.
 * @param minify whether HTML is made smaller.
 * @param fragments whether nginx puts fragments into the page.
 */
export async function storedForm(
  response: PageResponse,
  { limits, storage, tags }: Pick<SiteConfig, 'limits' | 'storage' | 'tags'>,
  nowMs: number,
  minify = false,
  fragments = false,
): Promise<StoredForm> {
  const { status, body } = response;
  if (!Number.isInteger(status) || status < 200 || status > 599 || !response.headers.every(isHeader)) {
    return { refused: 'bad-header' };
  }
  const headers = withDate(pageHeaders(response.headers, tags.keepHeaders, storage.targetedFields), nowMs);
  const rendered = { status, headers, body };
  const shown = minify ? await minifiedPage(rendered) : rendered;
  const opened = fragments ? await openForFragments(shown, limits.pageSize) : undefined;
  const coded = opened ?? (await codeBody(shown));
  if (coded === undefined) {
    return { refused: 'content-encoding' };
  }
  const isNegative = status >= 400 && status < 500;
  const mostBytes = isNegative ? Math.min(MOST_NEGATIVE_BYTES, limits.pageSize) : limits.pageSize;
  if (coded.body.length > mostBytes) {
    return { refused: 'too-large' };
  }
  const page = storage.makeEtags && opened === undefined ? await withEntityTag(coded) : coded;
  return pageHead(page).length > limits.headSize ? { refused: 'head-too-large' } : { page };
}

// RFC 9110 section 6.6.1. nginx would send the current time instead, and caches behind us would take the page for new.
function withDate(headers: HeaderPair[], nowMs: number): HeaderPair[] {
  const dates = headerValues(headers, 'Date');
  if (dates.length === 1 && parseHttpDate(dates[0] ?? '', nowMs) !== undefined) {
    return headers;
  }
  return [...headers.filter(([name]) => name.toLowerCase() !== 'date'), ['Date', formatHttpDate(nowMs)]];
}
