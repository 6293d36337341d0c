import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { keptKey } from '../../lib/site/kept-key';
import type { Claimed } from './claim';
import type { FillAnswer, FillTools } from './fill-tools';
import { decodeKept, type KeptCopy } from './kept-copy';
import { type Publish, storePage } from './publish';
import { staleIfErrorSeconds, staleWhileRevalidateSeconds } from './stale-rules';
import { unreachable } from './unreachable';

/** Why a page may be answered whose lifetime is over: its origin failed, or it is rendered anew or validated just now. */
export type StaleOutcome = 'stale' | 'stale-while-revalidate';

const SECONDS = { stale: staleIfErrorSeconds, 'stale-while-revalidate': staleWhileRevalidateSeconds };

/** Until when a copy may be answered for that reason, in seconds since 1970; undefined where it may not be now. */
function staleUntil({ freshUntil, page }: KeptCopy, outcome: StaleOutcome, tools: FillTools): number | undefined {
  const seconds = SECONDS[outcome](page, tools.config);
  const until = freshUntil + seconds;
  // One whose page has vanished early stands in for a failing origin; for one that works, only where that is asked for.
  const mayBe = seconds > 0 || outcome === 'stale';
  return mayBe && until * 1000 > tools.now() ? until : undefined;
}

/** The answer that a copy is for that reason; undefined where it may not be one now. */
export function staleAnswer(
  copy: KeptCopy | undefined,
  outcome: StaleOutcome,
  tools: FillTools,
): FillAnswer | undefined {
  const isOne = copy !== undefined && staleUntil(copy, outcome, tools) !== undefined;
  return isOne ? { kind: 'page', response: copy.page, outcome } : undefined;
}

/**
 * The answer in place of an origin that failed, if there is one. It is also published as the page for a while, so that the
 * origin is not asked for every visitor, each of whom might wait for it as long as a rendering may take.
 *
 * @param cause the error behind the failure, for the log.
 */
export async function answerStale(
  tools: FillTools,
  request: CanonicalRequest,
  claimed: Claimed,
  publish: Publish,
  cause?: unknown,
): Promise<FillAnswer | undefined> {
  const copy = await claimed.kept?.read();
  const until = copy && staleUntil(copy, 'stale', tools);
  if (copy === undefined || until === undefined) {
    return undefined;
  }
  const soon = Math.floor(tools.now() / 1000) + tools.config.limits.passMarkerTtl;
  const page = { ...copy, expiresAt: Math.min(soon, until) };
  const { outcome } = await storePage(tools, request, claimed, page, publish);
  // It was purged or replaced just now.
  const gone = outcome === 'purged' || outcome === 'lost';
  return gone ? undefined : { kind: 'page', response: copy.page, outcome: 'stale', cause };
}

/** The copy of a page as it is now, for whoever did not take its place: a purge may have come before their request. */
export async function lookUpStale(
  tools: FillTools,
  request: CanonicalRequest,
  outcome: StaleOutcome,
): Promise<FillAnswer | undefined> {
  const key = keptKey(request.key);
  try {
    const value = key === undefined ? undefined : await tools.pages.get(key);
    return value && staleAnswer(decodeKept(value), outcome, tools);
  } catch (error) {
    unreachable(error);
    return undefined;
  }
}
