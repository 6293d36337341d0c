import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import { listMembers } from './header-rules';
import { headerValues, type PageResponse } from './page';
import type { StorageReason } from './reasons';
import { decideStorage } from './storage-rules';

const STREAMS = /^\s*(?:text\/event-stream|multipart\/x-mixed-replace)\s*(?:;|$)/i;

/**
 * Why a rendering of which only the status and headers are known may not be stored, so that its end need not be awaited;
 * undefined where all of it has to be seen.
 */
export function whyNotByHead(
  request: CanonicalRequest,
  { status, headers }: Omit<PageResponse, 'body'>,
  config: SiteConfig,
  nowMs: number,
): StorageReason | undefined {
  if (status >= 500) {
    // Answered, not stored.
    return undefined;
  }
  const isStream =
    headerValues(headers, 'Content-Type').some((type) => STREAMS.test(type)) ||
    listMembers(headers, 'X-Accel-Buffering').includes('no');
  if (isStream) {
    return 'streamed';
  }
  const unsized = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  const decision = decideStorage(request, { status, headers: unsized, body: Buffer.of() }, config, nowMs);
  return decision.store ? undefined : decision.reason;
}
