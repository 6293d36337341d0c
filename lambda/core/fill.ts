import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { isAuthorized } from '../../lib/site/forwarded-headers';
import { type Claimed, claimPage } from './claim';
import type { Budget, FillAnswer, FillTools, View } from './fill-tools';
import type { PageTerms } from './page-terms';
import type { PublishToken } from './page-store';
import { leavePassMarker, type Publish } from './publish';
import type { Reason } from './reasons';
import { render, type RenderedVerdict } from './render';
import { keep, store } from './settle';
import { answerStale, staleAnswer } from './stale';

export interface FillOptions {
  /**
   * What may lie under the key: `anything`, which a pushed page replaces; a `page`, which a refresh replaces, and
   * nothing else. A rendering that is not stored then leaves it as it is.
   * @default - nothing: a page that is there is the answer
   */
  readonly over?: 'anything' | 'page';
  /** Called in the same moment in which the compare-and-set is sent, with its token. */
  readonly onPublish?: (token: PublishToken) => void;
  /**
   * Whether a kept copy may stand in for an origin that fails, or for a page that another writer renders: where a visitor
   * waits. @default false
   */
  readonly mayBeStale?: boolean;
  /** Takes a fill that goes on after it has answered a kept copy. @default - it answers when it is done */
  readonly background?: FillTools['background'];
  /**
   * Whether the origin is asked first whether the kept copy still holds, and pages are kept that need that each time.
   * @default false
   */
  readonly validate?: boolean;
  /** What is said of the page besides its headers. @default - nothing */
  readonly terms?: PageTerms;
  /** Milliseconds that waiting and rendering may take. @default - `limits.fillDeadline` */
  readonly deadline?: number;
}

/**
 * Renders a missed page once and stores it if that is allowed, so that a page which a purge selects while it is rendered
 * never is: DESIGN, "Fill". Failures of the store and the index cost the storing, never the answer.
 */
export async function fill(
  tools: FillTools,
  view: View,
  request: CanonicalRequest,
  options: FillOptions = {},
): Promise<FillAnswer> {
  const startedAt = tools.now();
  const longest = tools.config.limits.fillDeadline * 1000;
  const budget: Budget = { remainingMs: Math.min(options.deadline ?? longest, longest) };
  const claim = await claimPage(tools, request, budget, options.over, options.mayBeStale);
  switch (claim.kind) {
    case 'found':
      return claim.answer;
    case 'storeless': {
      const { verdict } = await render(tools, view, request, budget, startedAt, options.terms);
      return unstored(verdict, claim.reason, claim.cause);
    }
    case 'claimed': {
      const { background } = options;
      const copy = background && claim.claimed.kept?.copy;
      const stale = staleAnswer(copy, 'stale-while-revalidate', tools);
      const filling = fillClaimed(tools, view, request, budget, claim.claimed, options);
      if (stale !== undefined) background?.(filling);
      return stale ?? filling;
    }
  }
}

/** The answer where nothing is stored, because of the verdict or, where that allows it, for another reason. */
function unstored(verdict: RenderedVerdict, reason: Reason, cause?: unknown): FillAnswer {
  switch (verdict.kind) {
    case 'storable':
      return { kind: 'page', response: verdict.page, outcome: reason, cause };
    case 'answerable':
    case 'keepable':
      return { kind: 'page', response: verdict.page, outcome: verdict.reason };
    case 'unstorable':
      return verdict.answer === undefined
        ? { kind: 'pass', reason: verdict.reason }
        : { kind: 'page', response: verdict.answer, outcome: verdict.reason };
    case 'failed':
      return { kind: 'pass', reason: verdict.reason, cause: verdict.cause };
  }
}

async function fillClaimed(
  tools: FillTools,
  view: View,
  request: CanonicalRequest,
  budget: Budget,
  claimed: Claimed,
  options: FillOptions,
): Promise<FillAnswer> {
  let published = false;
  const publish: Publish = async (value, expiresAt) => {
    options.onPublish?.(claimed.token);
    published = await tools.pages.publish(claimed.token, value, expiresAt);
    return published;
  };
  try {
    const copy = options.validate === true ? claimed.kept?.copy : undefined;
    const rendered = await render(tools, view, request, budget, claimed.startedAt, options.terms, copy);
    const { verdict, originFailed, validated } = rendered;
    const cause = verdict.kind === 'failed' ? verdict.cause : undefined;
    const mayBeStale = originFailed && options.mayBeStale === true;
    // Also where the error may be stored.
    const stale = mayBeStale ? await answerStale(tools, request, claimed, publish, cause) : undefined;
    if (stale !== undefined) {
      return stale;
    }
    if (originFailed && options.over !== undefined && verdict.kind === 'storable') {
      // What lies there is better than a failure, whatever that says of itself.
      return unstored(verdict, 'status');
    }
    if (verdict.kind === 'storable') {
      const answer = await store(tools, request, claimed, verdict, validated, publish);
      const isOver = !originFailed && answer.kind === 'page' && answer.outcome === 'expired';
      // Its lifetime was over before it could be stored; its copy can still be validated, or answered stale.
      return isOver && options.validate === true && options.over === undefined && claimed.kept !== undefined
        ? await keep(tools, request, claimed, verdict, validated, claimed.kept)
        : answer;
    }
    if (options.validate === true && verdict.kind === 'keepable' && !originFailed && claimed.kept !== undefined) {
      return await keep(tools, request, claimed, verdict, validated, claimed.kept);
    }
    if (isAuthorized(request)) {
      // A wrong password must not send everybody past the cache.
      return unstored(verdict, verdict.reason);
    }
    if (!originFailed && (verdict.kind === 'unstorable' || verdict.kind === 'keepable')) {
      await claimed.kept?.remove();
    }
    if (verdict.kind === 'unstorable' && options.over === undefined) {
      await leavePassMarker(tools, verdict.reason, publish);
    }
    return unstored(verdict, verdict.reason);
  } finally {
    if (claimed.leased && !published) {
      // What cannot be given back expires by itself.
      await tools.pages.release(claimed.token).catch(() => undefined);
    }
    await claimed.kept?.giveBack();
  }
}
