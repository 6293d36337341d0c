import { setTimeout as sleep } from 'node:timers/promises';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import type { PageResponse } from './page';
import type { PageIndex } from './page-index';
import type { PageStore } from './page-store';
import type { Reason } from './reasons';
import type { Validators } from './validators';

/**
 * Renders a page. The signal is aborted when the rendering is too late to be of use. A view throws when it has no whole
 * answer: never does it give part of one. Where it gets validators, it may answer 304 (RFC 9110 section 15.4.5): what they are
 * of, still holds.
 */
export type View = (request: CanonicalRequest, signal: AbortSignal, validators?: Validators) => Promise<PageResponse>;

/** Resolves after a time in milliseconds; may reject when the signal is aborted. */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** What a fill needs besides the view. */
export interface FillTools {
  readonly pages: PageStore;
  readonly index: PageIndex;
  readonly config: SiteConfig;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** @default - the process's timers */
  readonly wait?: Wait;
  /**
   * Takes a fill that goes on after its visitor was answered a stale page. It may reject.
   * @default - visitors wait for their fills: a host that is frozen when it has answered could not go on
   */
  readonly background?: (filling: Promise<FillAnswer>) => void;
}

/**
 * What is answered with a page. `validated`: stored, since the origin said that it still holds. `kept`: not to be answered to
 * others before the origin has said so (`no-cache`); `kept-validated`: it just did. `stale`: the origin failed, and this is what
 * it gave before. `stale-while-revalidate`: the same while the origin is asked. `usable`: found, and as the visitor's words about
 * caches ask for it.
 */
export type PageOutcome =
  'stored' | 'validated' | 'kept' | 'kept-validated' | 'hit' | 'usable' | 'stale' | 'stale-while-revalidate';

/**
 * What a fill answers: a page, which looks the same whether it was stored, found or only rendered, or that the visitor's
 * own request has to be asked of the origin.
 */
export type FillAnswer =
  | {
      readonly kind: 'page';
      readonly response: PageResponse;
      readonly outcome: PageOutcome | Reason;
      readonly cause?: unknown;
    }
  | {
      readonly kind: 'pass';
      readonly reason: Reason;
      /** The error behind it, for the log. */ readonly cause?: unknown;
    };

/** Waits by the process's timers. */
export const waitByTimer: Wait = async (milliseconds, signal) => {
  await sleep(milliseconds, undefined, { signal });
};

/** Time that is left, in milliseconds, as it is used up by waiting. */
export interface Budget {
  remainingMs: number;
}
