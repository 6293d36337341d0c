import { setTimeout as sleep } from 'node:timers/promises';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import type { PageResponse } from './page';
import type { PageIndex } from './page-index';
import type { PageStore } from './page-store';
import type { Reason } from './reasons';

/**
 * Renders a page. The signal is aborted when the rendering is too late to be of use. A view throws when it has no whole
 * answer: never does it give part of one.
 */
export type View = (request: CanonicalRequest, signal: AbortSignal) => Promise<PageResponse>;

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
}

/**
 * What a fill answers: a page, which looks the same whether it was stored, found or only rendered, or that the visitor's
 * own request has to be asked of the origin.
 */
export type FillAnswer =
  | {
      readonly kind: 'page';
      readonly response: PageResponse;
      /** `stale`: the origin failed, and this is what it gave before. */
      readonly outcome: 'stored' | 'hit' | 'stale' | Reason;
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
