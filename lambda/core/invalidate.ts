import { canonicalPath } from '../../lib/site/canonical-path';
import type { SiteConfig } from '../../lib/site/site-config';
import { MOST_TAGS, TAG } from '../../lib/site/tag';
import { waitByTimer } from './fill-tools';
import { longestLife } from './longest-life';
import { type HeaderPair, headerValues } from './page';
import { cacheGroups } from './page-tags';
import { purge, type PurgeTools } from './purge';
import type { Selector } from './selector';
import { Turns } from './turns';

/** An unsafe request (RFC 9110 section 9.2.1) and the head of its answer. */
export interface UnsafeExchange {
  /** Lower-case, without port. */
  readonly host: string;
  /** The canonical path; undefined for one that is never cached. */
  readonly path: string | undefined;
  /** Scheme, authority and target as the visitor sent them; against it the answer's own locations are read. */
  readonly url: string;
  /** Undefined where no answer came: what the request did is not known. */
  readonly status: number | undefined;
  readonly headers: readonly HeaderPair[];
}

export interface InvalidateOptions {
  /** Told of a purge that did not succeed; it is tried again. */
  readonly failed: (selectors: readonly Selector[], error: unknown) => void;
}

// How long an answer waits for its purge: the cache must never keep a visitor from the application.
const LONGEST_WAIT = 2000;
// Between the tries of a purge that fails, until all that it selects has expired.
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
// What waits to be tried again by itself; above it, everything is purged.
const MOST_FAILED = 1000;

/**
 * What an answer to an unsafe request invalidates: its URL, those of the same origin in `Location` and `Content-Location`
 * (RFC 9111 section 4.4), and the groups of the same host that it names in `Cache-Group-Invalidation` (RFC 9875 section 3).
 * An error invalidates nothing; more groups than a page can have, every page of the host.
 */
export function invalidatedBy(config: SiteConfig, exchange: UnsafeExchange): Selector[] {
  const { host, path, status, headers } = exchange;
  const foreign = config.hosts.length > 0 && !config.hosts.includes(host);
  if (foreign || (status !== undefined && status >= 400 && status <= 599)) {
    return [];
  }
  const named = cacheGroups(headerValues(headers, 'Cache-Group-Invalidation')) ?? [];
  // No page has a tag that is none.
  const groups = [...new Set(named)].filter((tag) => TAG.test(tag));
  if (groups.length > MOST_TAGS) {
    return [{ kind: 'host', host }];
  }
  const paths = new Set([path, ...locatedPaths(exchange)].filter((one) => one !== undefined));
  return [
    ...[...paths].map((path) => ({ kind: 'url', host, path }) as const),
    ...groups.map((tag) => ({ kind: 'tag', tag, host }) as const),
  ];
}

/** The canonical paths of what an answer says that it made or changed, of the request's own origin: others may not be touched. */
function locatedPaths({ url, headers }: UnsafeExchange): (string | undefined)[] {
  const locations = ['Location', 'Content-Location'].flatMap((name) => headerValues(headers, name).slice(0, 1));
  return locations.map((location) => {
    try {
      const { origin, pathname } = new URL(location, url);
      return origin === new URL(url).origin ? canonicalPath(pathname) : undefined;
    } catch {
      return undefined;
    }
  });
}

/**
 * Makes the function that purges what an answer to an unsafe request invalidates. It resolves when that is gone, so that
 * the answer can go out; when the purge fails or is slow, after two seconds at most. A purge that fails is tried again
 * until all that it selects has expired.
 *
 * While a purge of the same selection runs, all that ask for another one share the next: repeating a request costs one
 * purge at a time.
 */
export function invalidator(
  tools: PurgeTools,
  { failed }: InvalidateOptions,
): (exchange: UnsafeExchange) => Promise<void> {
  const { wait = waitByTimer } = tools;
  const turns = new Turns();
  const retries = new Retries(tools, failed);
  const purgeOnce = async (selectors: readonly Selector[]) => {
    try {
      await purgeQuietly(selectors, tools);
    } catch (error) {
      failed(selectors, error);
      retries.add(selectors);
    }
  };
  return async (exchange) => {
    const selectors = invalidatedBy(tools.config, exchange);
    if (selectors.length === 0) {
      return;
    }
    const done = turns.take(JSON.stringify(selectors), () => purgeOnce(selectors));
    const end = new AbortController();
    const longEnough = wait(LONGEST_WAIT, end.signal).catch(() => undefined);
    await Promise.race([done, longEnough]);
    end.abort();
  };
}

function purgeQuietly(selectors: readonly Selector[], tools: PurgeTools): Promise<unknown> {
  return purge({ selectors, pages: [], mode: 'delete', dryRun: false }, tools);
}

/** Purges that failed, tried again together. */
class Retries {
  private readonly waiting = new Map<string, { readonly selector: Selector; readonly until: number }>();
  private running = false;

  public constructor(
    private readonly tools: PurgeTools,
    private readonly failed: InvalidateOptions['failed'],
  ) {}

  public add(selectors: readonly Selector[]): void {
    const until = this.tools.now() + longestLife(this.tools.config) * 1000;
    const few = this.waiting.size + selectors.length <= MOST_FAILED;
    for (const selector of few ? selectors : [{ kind: 'everything' } as const]) {
      this.waiting.set(JSON.stringify(selector), { selector, until });
    }
    if (!this.running) {
      this.running = true;
      void this.run().finally(() => (this.running = false));
    }
  }

  private async run(): Promise<void> {
    const { wait = waitByTimer, now } = this.tools;
    for (let pause = FIRST_PAUSE; this.waiting.size > 0; pause = Math.min(pause * 5, LONGEST_PAUSE)) {
      await wait(pause);
      const tried = [...this.waiting].filter(([, { until }]) => until > now());
      this.waiting.clear();
      const selectors = tried.map(([, { selector }]) => selector);
      try {
        await (selectors.length > 0 ? purgeQuietly(selectors, this.tools) : undefined);
      } catch (error) {
        this.failed(selectors, error);
        tried.forEach(([id, one]) => this.waiting.set(id, one));
      }
    }
  }
}
