import { keptKey } from '../../lib/site/kept-key';
import type { FillTools } from './fill-tools';
import { decodeKept, encodeKept, type KeptCopy } from './kept-copy';
import type { PublishToken } from './page-store';
import { staleIfErrorSeconds } from './stale-rules';
import { unreachable } from './unreachable';

/** A copy that may stand in for its failing origin. */
export interface StaleCopy extends KeptCopy {
  /** Until when it may, in seconds since 1970. */
  readonly staleUntil: number;
}

/** What a value under a kept key allows when the origin fails now; undefined for nothing. */
export function staleCopy(value: Buffer | undefined, { config, now }: FillTools): StaleCopy | undefined {
  const copy = value && decodeKept(value);
  if (copy === undefined) {
    return undefined;
  }
  const staleUntil = copy.freshUntil + staleIfErrorSeconds(copy.page, config);
  return staleUntil * 1000 > now() ? { ...copy, staleUntil } : undefined;
}

/**
 * The place of a page's kept copy, which a fill takes when it has taken the page's own: copies obey the same protocol. What
 * fails here costs the copy and nothing else.
 */
export class KeptPlace {
  private constructor(
    private readonly tools: FillTools,
    private readonly token: PublishToken,
    /** Whether it holds a lease of ours, and not what another writer put there. */
    private leased: boolean,
  ) {}

  /**
   * Takes the place of a page that was just taken: on the same node, and later. Purges delete in the other order, so that
   * whoever still reads a purged copy here can publish nothing under its page key any more.
   *
   * @returns undefined where the site keeps no copies, or this one cannot be taken.
   */
  public static async take(tools: FillTools, page: PublishToken, leaseSeconds: number): Promise<KeptPlace | undefined> {
    const key = keptKey(page.key);
    if (key === undefined) {
      return undefined;
    }
    const taken = await quietly(tools.pages.take(key, leaseSeconds));
    // The ring may have changed in between.
    return taken?.token.node === page.node ? new KeptPlace(tools, taken.token, taken.state === 'taken') : undefined;
  }

  /** Publishes the copy of the page that was just published. */
  public async publish(copy: KeptCopy): Promise<void> {
    const { pages, config } = this.tools;
    const expiresAt = copy.freshUntil + config.storage.keptFor;
    if (await quietly(pages.publish(this.token, encodeKept(copy), expiresAt))) this.leased = false;
  }

  /** What may stand in for the failing origin: read now, because a purge may have come since the place was taken. */
  public async readStale(): Promise<StaleCopy | undefined> {
    return staleCopy(await quietly(this.tools.pages.read(this.token)), this.tools);
  }

  /** Removes the copy: its page may not be stored any more. */
  public async remove(): Promise<void> {
    this.leased = false;
    await quietly(this.tools.pages.release(this.token));
  }

  /** Removes what a fill that published nothing put there. What it cannot remove expires by itself. */
  public async giveBack(): Promise<void> {
    await (this.leased ? this.remove() : undefined);
  }
}

async function quietly<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    unreachable(error);
    return undefined;
  }
}
