import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import { cacheDirectives } from './cache-directives';
import { freshnessLeft } from './freshness';
import { answerHeaders, isHeader } from './header-rules';
import { mayBeKept } from './keep-rules';
import { isMinified } from './minify-page';
import type { PageResponse } from './page';
import type { StorageReason } from './reasons';
import { pageTags } from './page-tags';
import { pageTimes } from './page-times';
import type { PageTerms } from './page-terms';
import { takesFragments } from './page-with-fragments';
import { decideStorage } from './storage-rules';
import { storedForm } from './stored-form';
import { tokenIn } from './token-search';
import { type Validators, validatorsOf } from './validators';

/** What may be done with a rendering. All pages are in their stored form. */
export type Verdict =
  /** It may be stored, and answered to anybody. */
  | {
      readonly kind: 'storable';
      readonly page: PageResponse;
      readonly ttlSeconds: number;
      readonly tags: readonly string[];
      /** With what the origin can be asked whether it still holds. */
      readonly validators: Validators;
    }
  /** It is answered to whoever asked, and kept to be answered to others when its origin says that it still holds. */
  | {
      readonly kind: 'keepable';
      readonly page: PageResponse;
      readonly tags: readonly string[];
      readonly validators: Validators;
      readonly reason: StorageReason;
    }
  /** It is answered to whoever asked, and not stored: asking again would only hurt a failing origin. */
  | { readonly kind: 'answerable'; readonly page: PageResponse; readonly reason: StorageReason }
  /** The visitor's own request has to be asked of the origin, if there is no answer. */
  | {
      readonly kind: 'unstorable';
      readonly reason: StorageReason;
      /** What the visitor gets all the same, where the site has it so (`fill.unstorable`). */
      readonly answer?: PageResponse;
    };

/**
 * @param startedAt when the fill began, in milliseconds since 1970: from then on a page's life counts.
 * @param validated the validators of a response that comes from a kept copy, in its stored form, by its origin's word.
 */
export async function judge(
  request: CanonicalRequest,
  response: PageResponse,
  config: SiteConfig,
  startedAt: number,
  terms: PageTerms = {},
  validated?: Validators,
): Promise<Verdict> {
  const decision = decideStorage(request, response, config, startedAt, terms.ttl);
  const validators = validated ?? validatorsOf(response.headers, startedAt);
  const isKept =
    !decision.store &&
    terms.ttl === undefined &&
    mayBeKept(request, response, config, startedAt, decision.reason, validators);
  const isOriginError = response.status >= 500;
  if (!decision.store && !isKept && !isOriginError) {
    return unstorable(response, config, decision.reason);
  }
  const token = isOriginError && !decision.store ? undefined : await tokenIn(response, request.path, config);
  if (token !== undefined) {
    return unstorable(response, config, token);
  }
  const minify = (decision.store || isKept) && validated === undefined && isMinified(config, request.path);
  const fragments = takesFragments(config, request.path, response);
  const form = await storedForm(response, config, startedAt, minify, fragments);
  if ('refused' in form) {
    return unstorable(response, config, form.refused);
  }
  if (!decision.store && !isKept) {
    return { kind: 'answerable', page: form.page, reason: decision.reason };
  }
  // Its lifetime may have been over when it came.
  const ttlSeconds = decision.store ? decision.ttlSeconds : overdue(response, config, startedAt);
  const page = { ...form.page, times: pageTimes(response, startedAt, ttlSeconds) };
  const tagged = pageTags(config, request.path, response, terms.tags);
  if ('refused' in tagged) {
    return unstorable(response, config, tagged.refused);
  }
  const { tags } = tagged;
  return decision.store
    ? { kind: 'storable', page, ttlSeconds, tags, validators }
    : { kind: 'keepable', page, tags, validators, reason: decision.reason };
}

/** The seconds, 0 or less, that are left of a lifetime which was over when the response came. */
function overdue(response: PageResponse, { storage }: SiteConfig, startedAt: number): number {
  const directives = cacheDirectives(response, storage.targetedFields);
  return Math.min(freshnessLeft(response, directives, startedAt) ?? 0, 0);
}

function unstorable(response: PageResponse, { fill, tags }: SiteConfig, reason: StorageReason): Verdict {
  const { status, headers, body } = response;
  // A 304 that no visitor asked for is no answer.
  const isAnswer = status >= 200 && status <= 999 && status !== 304 && headers.every(isHeader);
  return fill.unstorable === 'answer' && isAnswer
    ? { kind: 'unstorable', reason, answer: { status, headers: answerHeaders(headers, tags.keepHeaders), body } }
    : { kind: 'unstorable', reason };
}
