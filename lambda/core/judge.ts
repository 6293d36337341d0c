import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import { isMinified } from './minify-page';
import type { PageResponse } from './page';
import type { StorageReason } from './reasons';
import { pageTags } from './page-tags';
import type { PageTerms } from './page-terms';
import { takesFragments } from './page-with-fragments';
import { decideStorage } from './storage-rules';
import { storedForm } from './stored-form';

/** What may be done with a rendering. All pages are in their stored form. */
export type Verdict =
  /** It may be stored, and answered to anybody. */
  | {
      readonly kind: 'storable';
      readonly page: PageResponse;
      readonly ttlSeconds: number;
      readonly tags: readonly string[];
    }
  /** It is answered to whoever asked, and not stored: asking again would only hurt a failing origin. */
  | { readonly kind: 'answerable'; readonly page: PageResponse; readonly reason: StorageReason }
  /** The visitor's own request has to be asked of the origin. */
  | { readonly kind: 'unstorable'; readonly reason: StorageReason };

/** @param startedAt when the fill began, in milliseconds since 1970: from then on a page's life counts. */
export async function judge(
  request: CanonicalRequest,
  response: PageResponse,
  config: SiteConfig,
  startedAt: number,
  terms: PageTerms = {},
): Promise<Verdict> {
  const decision = decideStorage(request, response, config, startedAt, terms.ttl);
  const isOriginError = response.status >= 500;
  if (!decision.store && !isOriginError) {
    return { kind: 'unstorable', reason: decision.reason };
  }
  const minify = decision.store && isMinified(config, request.path);
  const fragments = takesFragments(config, request.path, response);
  const form = await storedForm(response, config, startedAt, minify, fragments);
  if ('refused' in form) {
    return { kind: 'unstorable', reason: form.refused };
  }
  if (!decision.store) {
    return { kind: 'answerable', page: form.page, reason: decision.reason };
  }
  const tagged = pageTags(config, request.path, response, terms.tags);
  return 'refused' in tagged
    ? { kind: 'unstorable', reason: tagged.refused }
    : { kind: 'storable', page: form.page, ttlSeconds: decision.ttlSeconds, tags: tagged.tags };
}
