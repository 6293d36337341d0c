import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { type Claimed, claimPage } from './claim';
import { type Budget, type FillAnswer, type FillTools, type View, waitByTimer } from './fill-tools';
import { judge, type Verdict } from './judge';
import { PageTooLargeError } from './page-too-large';
import type { PublishToken } from './page-store';
import { leavePassMarker, type Publish, storePage } from './publish';
import type { FillReason, Reason } from './reasons';
import { runView } from './run-view';

export interface FillOptions {
  /**
   * What may lie under the key: `anything`, which a pushed page replaces; a `page`, which a refresh replaces, and
   * nothing else. A rendering that is not stored then leaves it as it is.
   * @default - nothing: a page that is there is the answer
   */
  readonly over?: 'anything' | 'page';
  /** Called in the same moment in which the compare-and-set is sent, with its token. */
  readonly onPublish?: (token: PublishToken) => void;
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
  const budget: Budget = { remainingMs: tools.config.limits.fillDeadline * 1000 };
  const claim = await claimPage(tools, request, budget, options.over);
  switch (claim.kind) {
    case 'found':
      return claim.answer;
    case 'storeless': {
      const verdict = await render(tools, view, request, budget, startedAt);
      return unstored(verdict, claim.reason, claim.cause);
    }
    case 'claimed':
      return fillClaimed(tools, view, request, budget, claim.claimed, options);
  }
}

type Rendered = Verdict | { readonly kind: 'failed'; readonly reason: FillReason; readonly cause?: unknown };

/** Step 3. */
async function render(
  tools: FillTools,
  view: View,
  request: CanonicalRequest,
  budget: Budget,
  startedAt: number,
): Promise<Rendered> {
  const rendering = await runView(view, request, Math.max(budget.remainingMs, 0), tools.wait ?? waitByTimer);
  if (rendering.kind === 'rendered') {
    return judge(request, rendering.response, tools.config, startedAt);
  }
  return rendering.cause instanceof PageTooLargeError ? { kind: 'unstorable', reason: 'too-large' } : rendering;
}

/** The answer where nothing is stored, because of the verdict or, where that allows it, for another reason. */
function unstored(verdict: Rendered, reason: Reason, cause?: unknown): FillAnswer {
  switch (verdict.kind) {
    case 'storable':
      return { kind: 'page', response: verdict.page, outcome: reason, cause };
    case 'answerable':
      return { kind: 'page', response: verdict.page, outcome: verdict.reason };
    case 'unstorable':
      return { kind: 'pass', reason: verdict.reason };
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
    const verdict = await render(tools, view, request, budget, claimed.startedAt);
    if (verdict.kind === 'storable') {
      const publication = await storePage(tools, request, claimed, verdict, publish);
      return { kind: 'page', response: verdict.page, ...publication };
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
  }
}
