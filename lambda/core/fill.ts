import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { type Claimed, claimPage } from './claim';
import type { Budget, FillAnswer, FillTools, View } from './fill-tools';
import type { Verdict } from './judge';
import type { PageTerms } from './page-terms';
import type { PublishToken } from './page-store';
import { leavePassMarker, type Publication, type Publish, storePage } from './publish';
import type { Reason } from './reasons';
import { render, type RenderedVerdict } from './render';
import { answerStale } from './stale';

export interface FillOptions {
  /**
   * What may lie under the key: `anything`, which a pushed page replaces; a `page`, which a refresh replaces, and
   * nothing else. A rendering that is not stored then leaves it as it is.
   * @default - nothing: a page that is there is the answer
   */
  readonly over?: 'anything' | 'page';
  /** Called in the same moment in which the compare-and-set is sent, with its token. */
  readonly onPublish?: (token: PublishToken) => void;
  /** Whether a kept copy may stand in for an origin that fails: where a visitor waits. @default false */
  readonly staleIfError?: boolean;
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
  const claim = await claimPage(tools, request, budget, options.over);
  switch (claim.kind) {
    case 'found':
      return claim.answer;
    case 'storeless': {
      const { verdict } = await render(tools, view, request, budget, startedAt, options.terms);
      return unstored(verdict, claim.reason, claim.cause);
    }
    case 'claimed':
      return fillClaimed(tools, view, request, budget, claim.claimed, options);
  }
}

/** The answer where nothing is stored, because of the verdict or, where that allows it, for another reason. */
function unstored(verdict: RenderedVerdict, reason: Reason, cause?: unknown): FillAnswer {
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
    const { verdict, originFailed } = await render(tools, view, request, budget, claimed.startedAt, options.terms);
    if (verdict.kind === 'storable') {
      const publication = await store(tools, request, claimed, verdict, publish);
      return { kind: 'page', response: verdict.page, ...publication };
    }
    const cause = verdict.kind === 'failed' ? verdict.cause : undefined;
    const mayBeStale = originFailed && options.staleIfError === true;
    const stale = mayBeStale ? await answerStale(tools, request, claimed, publish, cause) : undefined;
    if (stale !== undefined) {
      return stale;
    }
    if (verdict.kind === 'unstorable') {
      await (originFailed ? undefined : claimed.kept?.remove());
      await (options.over === undefined ? leavePassMarker(tools, verdict.reason, publish) : undefined);
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

/** Steps 4 to 6, for the page and then for the copy that is kept of it. */
async function store(
  tools: FillTools,
  request: CanonicalRequest,
  claimed: Claimed,
  { page, tags, ttlSeconds }: Extract<Verdict, { kind: 'storable' }>,
  publish: Publish,
): Promise<Publication> {
  const expiresAt = Math.floor(claimed.startedAt / 1000) + ttlSeconds;
  const publication = await storePage(tools, request, claimed, { page, tags, expiresAt }, publish);
  if (publication.outcome === 'stored') {
    await claimed.kept?.publish({ page, tags, freshUntil: expiresAt });
  }
  return publication;
}
