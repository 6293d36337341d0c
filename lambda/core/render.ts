import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { type Budget, type FillTools, type View, waitByTimer } from './fill-tools';
import { judge, type Verdict } from './judge';
import { NotStorableError } from './not-storable';
import type { PageTerms } from './page-terms';
import type { FillReason } from './reasons';
import { runView } from './run-view';
import { isFailure } from './stale-rules';

/** What may be done with a rendering, or why there is none. */
export type RenderedVerdict =
  Verdict | { readonly kind: 'failed'; readonly reason: FillReason; readonly cause?: unknown };

export interface Rendered {
  readonly verdict: RenderedVerdict;
  /** Whether a stale page may stand in for it. */
  readonly originFailed: boolean;
}

/**
 * Step 3 of a fill: runs the view for the time that is left, and judges what it gives.
 *
 * @param startedAt when the fill began, in milliseconds since 1970.
 */
export async function render(
  { config, wait = waitByTimer }: FillTools,
  view: View,
  request: CanonicalRequest,
  budget: Budget,
  startedAt: number,
  terms?: PageTerms,
): Promise<Rendered> {
  const rendering = await runView(view, request, Math.max(budget.remainingMs, 0), wait);
  if (rendering.kind === 'rendered') {
    const { response } = rendering;
    return { verdict: await judge(request, response, config, startedAt, terms), originFailed: isFailure(response) };
  }
  return rendering.cause instanceof NotStorableError
    ? { verdict: { kind: 'unstorable', reason: rendering.cause.reason }, originFailed: false }
    : { verdict: rendering, originFailed: true };
}
