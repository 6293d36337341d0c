import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { forEachAtOnce } from './batches';
import { fill } from './fill';
import { type FillAnswer, type FillTools, type View, waitByTimer } from './fill-tools';
import type { Pace } from './pace';
import { isStorageReason } from './reasons';
import { unreachable } from './unreachable';
import { holdsPage } from './usage';
import { pagesOf, type WarmPage } from './warm-pages';
import { type WarmOutcome, WarmTally } from './warm-result';
import type { PagesWork, WarmAnswer } from './warm-work';

/** What rendering pages needs besides what a fill does. */
export interface WarmTools extends FillTools {
  readonly view: View;
  /** Keeps the rate of requests to the origin. */
  readonly pace: Pace;
  /** How many pages are rendered at once. */
  readonly concurrency: number;
  /** Milliseconds until the work has to be done. */
  readonly timeLeft: () => number;
}

/** What became of one page, after one try or all. */
export interface WarmVerdict {
  readonly outcome: WarmOutcome;
  readonly reason?: string;
  readonly detail?: string;
  /** Whether another try may succeed. */
  readonly again?: boolean;
}

const STORED: ReadonlySet<string> = new Set(['stored', 'validated', 'kept', 'kept-validated']);
const TRIES = 3;
// Before the second try, in milliseconds; twice as long before the third.
const PAUSE = 1000;
// What a page needs besides its rendering: its rows, the journal, and the answer's way back.
const MARGIN = 10_000;

/**
 * Renders the pages of some work that are not there, or all of them anew, by the same fill as a visitor's miss: at most so
 * many at once, at the origin's pace. A page that fails is tried again; one that is refused is not. What there is no time
 * for is left to be done next.
 */
export async function warmPages(work: PagesWork, tools: WarmTools): Promise<WarmAnswer> {
  const tally = new WarmTally();
  let at = 0;
  let next: number | undefined;
  function* inTime(): Generator<WarmPage> {
    for (const page of pagesOf(tools.config, work)) {
      at += 1;
      if (at > work.from && !hasTime(tools)) {
        next = at - 1;
        return;
      }
      if (at > work.from) yield page;
    }
  }
  await forEachAtOnce(inTime(), tools.concurrency, async ({ request, example }) => {
    if (request === undefined) {
      tally.add('refused', example);
      return;
    }
    const { outcome, reason, detail } = await tryAgain(tools, () => tryPage(request, work.refresh, tools));
    tally.add(outcome, { ...example, ...(reason && { reason }), ...(detail && { detail }) });
  });
  return { result: tally.result, next };
}

/** Tries until it is of no use any more, three times at most. */
export async function tryAgain(tools: WarmTools, tryOnce: () => Promise<WarmVerdict>): Promise<WarmVerdict> {
  const { wait = waitByTimer } = tools;
  for (let tries = 1; ; tries += 1) {
    const verdict = await tryOnce();
    if (verdict.again !== true || tries === TRIES || !hasTime(tools)) {
      return verdict;
    }
    await wait(PAUSE * tries);
  }
}

/** Renders one page, unless it is there and not to be rendered anew. */
async function tryPage(request: CanonicalRequest, refresh: boolean, tools: WarmTools): Promise<WarmVerdict> {
  try {
    if (!refresh && (await holdsPage(tools.pages, request.key))) {
      return { outcome: 'there' };
    }
  } catch (error) {
    // What cannot be stored now need not be rendered.
    return { outcome: 'failed', reason: unreachable(error), detail: (error as Error).message, again: true };
  }
  await tools.pace.turn();
  const anew = refresh ? await fill(tools, tools.view, request, { over: 'page' }) : undefined;
  const isAbsent = anew === undefined || (anew.kind === 'pass' && anew.reason === 'no-page');
  return verdictOf(isAbsent ? await fill(tools, tools.view, request, { validate: true }) : anew);
}

/** What a fill's answer means to a warm. */
export function verdictOf(answer: FillAnswer): WarmVerdict {
  const reason = answer.kind === 'page' ? answer.outcome : answer.reason;
  const detail = answer.cause instanceof Error ? answer.cause.message : undefined;
  if (STORED.has(reason)) {
    return { outcome: 'stored' };
  }
  if (reason === 'hit') {
    return { outcome: 'there' };
  }
  if (answer.kind === 'page' && answer.response.status >= 500) {
    return { outcome: 'failed', reason, detail: `the origin answered ${answer.response.status}`, again: true };
  }
  // A marker says that a visitor's miss has just found out that the page is not stored.
  const isRefused = isStorageReason(reason) || reason === 'pass-marker' || reason === 'no-page';
  return { outcome: isRefused ? 'refused' : 'failed', reason, detail, again: !isRefused };
}

/** Whether there is time for another page. */
export function hasTime({ timeLeft, config }: WarmTools): boolean {
  return timeLeft() > config.limits.fillDeadline * 1000 + MARGIN;
}
