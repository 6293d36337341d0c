import { createHash } from 'node:crypto';
import { plainBody } from './body-coding';
import { headerValues, type PageResponse } from './page';

// A millisecond or two for each MiB, on the thread that answers: a larger page goes without.
const MOST_BYTES = 8 * 1024 * 1024;
const DIGEST_BYTES = 16;

/**
 * Gives a 200 that has no entity tag one, so that visitors who have the page need not be sent it again (RFC 9110 section
 * 8.8.3). It is made from the type and the plain body: every writer makes the same one, however the body is coded. It is
 * weak, because nginx expands the body for clients without gzip.
 */
export async function withEntityTag(page: PageResponse): Promise<PageResponse> {
  if (page.status !== 200 || headerValues(page.headers, 'ETag').length > 0) {
    return page;
  }
  const plain = await plainBody(page, MOST_BYTES);
  if (plain === undefined) {
    return page;
  }
  const hash = createHash('sha256').update(`${headerValues(page.headers, 'Content-Type').join()}\n`, 'latin1');
  const tag = hash.update(plain).digest().toString('base64url', 0, DIGEST_BYTES);
  return { ...page, headers: [...page.headers, ['ETag', `W/"${tag}"`]] };
}
