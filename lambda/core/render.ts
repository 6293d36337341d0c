import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { type Budget, type FillTools, type View, waitByTimer } from './fill-tools';
import { freshen } from './freshen';
import { judge, type Verdict } from './judge';
import type { KeptCopy } from './kept-copy';
import { NotStorableError } from './not-storable';
import type { PageTerms } from './page-terms';
import type { FillReason } from './reasons';
import { runView } from './run-view';
import { isFailure } from './stale-rules';
import { canValidate } from './validators';

const NOT_MODIFIED = 304;

/** What may be done with a rendering, or why there is none. */
export type RenderedVerdict =
  Verdict | { readonly kind: 'failed'; readonly reason: FillReason; readonly cause?: unknown };

export interface Rendered {
  readonly verdict: RenderedVerdict;
  /** Whether a stale page may stand in for it. */
  readonly originFailed: boolean;
  /** Whether it is the kept copy's body, of which the origin said that it still holds. */
  readonly validated: boolean;
}

/**
 * Step 3 of a fill: runs the view for the time that is left, and judges what it gives.
 *
 * @param startedAt when the fill began, in milliseconds since 1970.
 * @param copy what the origin is asked about first, if there is anything to ask with.
 */
export async function render(
  tools: FillTools,
  view: View,
  request: CanonicalRequest,
  budget: Budget,
  startedAt: number,
  terms?: PageTerms,
  copy?: KeptCopy,
): Promise<Rendered> {
  const { config, now, wait = waitByTimer } = tools;
  const asked = copy !== undefined && canValidate(copy.validators) ? copy : undefined;
  const askedAt = now();
  const rendering = await runView(view, request, Math.max(budget.remainingMs, 0), wait, asked?.validators);
  if (rendering.kind === 'failed') {
    return rendering.cause instanceof NotStorableError
      ? { verdict: { kind: 'unstorable', reason: rendering.cause.reason }, originFailed: false, validated: false }
      : { verdict: rendering, originFailed: true, validated: false };
  }
  const { response } = rendering;
  if (asked === undefined || response.status !== NOT_MODIFIED) {
    const verdict = await judge(request, response, config, startedAt, terms);
    return { verdict, originFailed: isFailure(response), validated: false };
  }
  const freshened = freshen(asked, response, startedAt);
  if (freshened === undefined) {
    const remainingMs = budget.remainingMs - Math.max(now() - askedAt, 0);
    return render(tools, view, request, { remainingMs }, startedAt, terms);
  }
  const { validators, tags } = freshened;
  const verdict = await judge(request, freshened.response, config, startedAt, { ...terms, tags }, validators);
  return { verdict, originFailed: false, validated: true };
}
