import type { SiteConfig } from '../../lib/site/site-config';
import { TAG } from '../../lib/site/tag';
import { waitByTimer } from './fill-tools';
import { type HeaderPair, headerValues } from './page';
import { cacheGroups } from './page-tags';
import { purge, type PurgeTools } from './purge';
import type { Selector } from './selector';

/** An unsafe request (RFC 9110 section 9.2.1) and the head of its answer. */
export interface UnsafeExchange {
  /** Lower-case, without port. */
  readonly host: string;
  /** The canonical path; undefined for one that is never cached. */
  readonly path: string | undefined;
  readonly status: number;
  readonly headers: readonly HeaderPair[];
}

export interface InvalidateOptions {
  /** Told of a purge that did not succeed; it is tried again. */
  readonly failed: (selectors: readonly Selector[], error: unknown) => void;
}

// How long an answer waits for its purge: the cache must never keep a visitor from the application.
const LONGEST_WAIT = 2000;
const RETRY_AFTER = [1000, 5000, 25_000];

/**
 * What an answer to an unsafe request invalidates: its URL (RFC 9111 section 4.4) and the groups of the same host that it
 * names in `Cache-Group-Invalidation` (RFC 9875 section 3). An error invalidates nothing.
 */
export function invalidatedBy(config: SiteConfig, { host, path, status, headers }: UnsafeExchange): Selector[] {
  const foreign = config.hosts.length > 0 && !config.hosts.includes(host);
  if (status < 200 || status > 399 || foreign) {
    return [];
  }
  const groups = cacheGroups(headerValues(headers, 'Cache-Group-Invalidation')) ?? [];
  return [
    ...(path === undefined ? [] : [{ kind: 'url', host, path } as const]),
    // No page has a tag that is none.
    ...[...new Set(groups)].filter((tag) => TAG.test(tag)).map((tag) => ({ kind: 'tag', tag, host }) as const),
  ];
}

/**
 * Makes the function that purges what an answer to an unsafe request invalidates. It resolves when that is gone, so that
 * the answer can go out; when the purge fails or is slow, after two seconds at most.
 *
 * While a purge of the same selection runs, all that ask for another one share the next: repeating a request costs one
 * purge at a time.
 */
export function invalidator(
  tools: PurgeTools,
  { failed }: InvalidateOptions,
): (exchange: UnsafeExchange) => Promise<void> {
  const { wait = waitByTimer } = tools;
  const turns = new Map<string, Turn>();
  const purgeOnce = (selectors: readonly Selector[]) =>
    purge({ selectors, pages: [], mode: 'delete', dryRun: false, caller: 'unsafe request' }, tools);
  const purgeSurely = async (selectors: readonly Selector[], pauses = RETRY_AFTER): Promise<void> => {
    try {
      await purgeOnce(selectors);
    } catch (error) {
      failed(selectors, error);
      const [pause, ...rest] = pauses;
      if (pause !== undefined) {
        await wait(pause);
        await purgeSurely(selectors, rest);
      }
    }
  };
  return async (exchange) => {
    const selectors = invalidatedBy(tools.config, exchange);
    if (selectors.length === 0) {
      return;
    }
    const done = takeTurn(turns, JSON.stringify(selectors), () => purgeSurely(selectors));
    const end = new AbortController();
    const longEnough = wait(LONGEST_WAIT, end.signal).catch(() => undefined);
    await Promise.race([done, longEnough]);
    end.abort();
  };
}

interface Turn {
  readonly running: Promise<void>;
  next?: Promise<void>;
}

/** Begins work that nobody else does; while somebody does, everybody shares one that begins when that has ended. */
function takeTurn(turns: Map<string, Turn>, key: string, work: () => Promise<void>): Promise<void> {
  const turn = turns.get(key);
  if (turn !== undefined) {
    turn.next ??= turn.running.then(() => begin());
    return turn.next;
  }
  return begin();

  function begin(): Promise<void> {
    const running = work().finally(() => {
      if (turns.get(key)?.next === undefined) turns.delete(key);
    });
    turns.set(key, { running });
    return running;
  }
}
