import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { Claimed } from './claim';
import type { FillTools } from './fill-tools';
import type { PageResponse } from './page';
import { encodePage, encodePassMarker } from './page-format';
import type { Reason } from './reasons';
import { unreachable } from './unreachable';

/** Sends the compare-and-set of a fill; false when the key no longer holds what was claimed. */
export type Publish = (value: Buffer, expiresAt: number) => Promise<boolean>;

/** A page that may be stored. */
export interface StorablePage {
  readonly page: PageResponse;
  readonly tags: readonly string[];
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** What became of a page that may be stored. */
export interface Publication {
  readonly outcome: 'stored' | Reason;
  readonly cause?: unknown;
}

/**
 * Steps 4 to 6 of a fill. The order is what keeps purged pages away: a purge whose entry comes after the journal check
 * finds the rows that lie before it, deletes the key, and the compare-and-set fails.
 */
export async function storePage(
  tools: FillTools,
  request: CanonicalRequest,
  claimed: Claimed,
  { page, tags, expiresAt }: StorablePage,
  publish: Publish,
): Promise<Publication> {
  return expiresAt * 1000 <= tools.now()
    ? { outcome: 'expired' }
    : unlessPurged(tools, request, claimed, tags, expiresAt, () => publish(encodePage(page), expiresAt));
}

/**
 * The same for what lies under another key of the page.
 *
 * @param storedUntil until when there is a page, in seconds since 1970.
 * @param publish sends the compare-and-set; gives false when the key no longer holds what was claimed.
 */
export async function unlessPurged(
  { index, config }: FillTools,
  request: CanonicalRequest,
  { start }: Claimed,
  tags: readonly string[],
  storedUntil: number,
  publish: () => Promise<boolean>,
): Promise<Publication> {
  try {
    if (config.purging.index === 'full') {
      await index.addRows({ ...request, tags, storedUntil });
    }
    if (await index.purgedSince(start, { ...request, tags })) {
      return { outcome: 'purged' };
    }
    return { outcome: (await publish()) ? 'stored' : 'lost' };
  } catch (cause) {
    return { outcome: unreachable(cause), cause };
  }
}

/** Notes for a while that a canonical request gives no storable page. Without the note, the next miss finds out again. */
export async function leavePassMarker({ config, now }: FillTools, reason: Reason, publish: Publish): Promise<void> {
  if (config.limits.passMarkerTtl === 0) {
    return;
  }
  try {
    await publish(encodePassMarker(reason), Math.floor(now() / 1000) + config.limits.passMarkerTtl);
  } catch (error) {
    unreachable(error);
  }
}
