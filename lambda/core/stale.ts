import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { keptKey } from '../../lib/site/kept-key';
import type { Claimed } from './claim';
import type { FillAnswer, FillTools } from './fill-tools';
import { staleCopy } from './kept-place';
import { type Publish, storePage } from './publish';
import { unreachable } from './unreachable';

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
  const copy = await claimed.kept?.readStale();
  if (copy === undefined) {
    return undefined;
  }
  const soon = Math.floor(tools.now() / 1000) + tools.config.limits.passMarkerTtl;
  const page = { ...copy, expiresAt: Math.min(soon, copy.staleUntil) };
  const { outcome } = await storePage(tools, request, claimed, page, publish);
  // It was purged or replaced just now.
  const gone = outcome === 'purged' || outcome === 'lost';
  return gone ? undefined : { kind: 'page', response: copy.page, outcome: 'stale', cause };
}

/** The same answer for a request that only joined: a purge may have come before it, and after the copy was read. */
export async function lookUpStale(tools: FillTools, request: CanonicalRequest): Promise<FillAnswer | undefined> {
  const key = keptKey(request.key);
  try {
    const copy = key === undefined ? undefined : staleCopy(await tools.pages.get(key), tools);
    return copy && { kind: 'page', response: copy.page, outcome: 'stale' };
  } catch (error) {
    unreachable(error);
    return undefined;
  }
}
