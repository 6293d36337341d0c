import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { keySpec } from '../../lib/site/page-key';
import { type Budget, type FillAnswer, type FillTools, waitByTimer } from './fill-tools';
import { KeptPlace } from './kept-place';
import type { FillStart, NodeRegistry } from './page-index';
import { decodePage, decodePassMarker, kindOfValue } from './page-format';
import { type PublishToken, StoreError } from './page-store';
import type { FillReason } from './reasons';
import { lookUpStale } from './stale';
import { unreachable } from './unreachable';

// What writing rows, reading the journal and publishing may take, in seconds, after a rendering that used all its time.
const LEASE_MARGIN = 5;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 500;

/** What steps 1 and 2 of a fill lead to. */
export type Claim =
  | { readonly kind: 'claimed'; readonly claimed: Claimed }
  | { readonly kind: 'found'; readonly answer: FillAnswer }
  /** The page is to be rendered all the same, and not stored. */
  | { readonly kind: 'storeless'; readonly reason: FillReason; readonly cause?: unknown };

/** A page key that this fill may publish under, if nothing happens to it meanwhile. */
export interface Claimed {
  readonly start: FillStart;
  readonly token: PublishToken;
  /** Whether the key holds a lease of ours, and not what another writer put there. */
  readonly leased: boolean;
  /** The place of its kept copy, where the site keeps one and it could be taken. */
  readonly kept: KeptPlace | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/**
 * Steps 1 and 2 of a fill, where the page's node is not known to be away: registers the page's node, reads the journal's numbers, then takes the page key; where another
 * writer is rendering, waits for its page. The time that this takes is taken from the budget.
 *
 * @param over claims the key where it holds `anything`, or where it holds a `page` and only there.
 * @param mayBeStale whether a kept copy may be the answer while another writer renders.
 */
export async function claimPage(
  tools: FillTools,
  request: CanonicalRequest,
  budget: Budget,
  over?: 'anything' | 'page',
  mayBeStale = false,
): Promise<Claim> {
  const leaseSeconds = tools.config.limits.fillDeadline + LEASE_MARGIN;
  try {
    for (;;) {
      const startedAt = tools.now();
      // Of a page that cannot be stored the index need not know: a visitor would wait for it.
      tools.pages.checkUp(request.key);
      const start = await tools.index.startFill(request);
      await registerKeySpec(tools, start);
      await registerNode(tools, request.key, start);
      const taken = await tools.pages.take(request.key, leaseSeconds);
      const leased = taken.state === 'taken';
      if (over === 'page' && taken.state !== 'page') {
        await (leased ? tools.pages.release(taken.token) : undefined);
        return { kind: 'found', answer: { kind: 'pass', reason: 'no-page' } };
      }
      if (leased || over !== undefined) {
        const kept = await KeptPlace.take(tools, taken.token, leaseSeconds);
        return { kind: 'claimed', claimed: { start, token: taken.token, leased, kept, startedAt } };
      }
      const isRendered = taken.state === 'lease';
      const stale = isRendered && mayBeStale ? await lookUpStale(tools, request, 'stale-while-revalidate') : undefined;
      if (stale !== undefined) {
        return { kind: 'found', answer: stale };
      }
      const value = isRendered ? await awaitValue(tools, request.key, budget) : taken.value;
      if (value === 'busy') {
        return { kind: 'found', answer: { kind: 'pass', reason: 'busy' } };
      }
      if (value !== undefined) {
        return readFound(value);
      }
    }
  } catch (cause) {
    return { kind: 'storeless', reason: unreachable(cause), cause };
  }
}

/** The answer that a page or pass marker under a page key stands for; undefined when it cannot be read. */
export function answerFrom(value: Buffer): FillAnswer | undefined {
  if (kindOfValue(value) === 'pass') {
    return { kind: 'pass', reason: decodePassMarker(value) ?? 'pass-marker' };
  }
  const response = decodePage(value);
  return response && { kind: 'page', response, outcome: 'hit' };
}

function readFound(value: Buffer): Claim {
  const answer = answerFrom(value);
  return answer ? { kind: 'found', answer } : { kind: 'storeless', reason: 'malformed' };
}

// Without rows a purge makes the keys itself, also those of a release that still runs or may be back.
async function registerKeySpec({ index, config }: FillTools, { keySpecs }: NodeRegistry): Promise<void> {
  const spec = JSON.stringify(keySpec(config));
  if (config.purging.index === 'none' && !keySpecs.has(spec)) {
    await index.registerKeySpec(spec);
  }
}

// A purge deletes on the nodes of the registry: no page may lie on another. The ring may change while we wait.
async function registerNode({ pages, index }: FillTools, key: string, { nodes, missed }: NodeRegistry): Promise<void> {
  const registered = new Set(nodes);
  for (let node = pages.nodeOf(key); ; node = pages.nodeOf(key)) {
    if (missed.has(node)) {
      throw new StoreError(`${node} was gone while pages were purged, and has not been emptied since`);
    }
    if (registered.has(node)) {
      return;
    }
    await index.registerNode(node);
    registered.add(node);
  }
}

/** What another writer puts in its lease's place; undefined when the lease is gone; `busy` when the time is up. */
async function awaitValue(tools: FillTools, key: string, budget: Budget): Promise<Buffer | undefined | 'busy'> {
  const wait = tools.wait ?? waitByTimer;
  for (let pause = FIRST_PAUSE; budget.remainingMs > 0; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    await wait(pause);
    budget.remainingMs -= pause;
    const value = await tools.pages.get(key);
    if (value === undefined || kindOfValue(value) !== 'lease') {
      return value;
    }
  }
  return 'busy';
}
