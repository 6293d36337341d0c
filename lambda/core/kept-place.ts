import { keptKey } from '../../lib/site/kept-key';
import type { FillTools } from './fill-tools';
import { decodeKept, encodeKept, type KeptCopy } from './kept-copy';
import type { PublishToken } from './page-store';
import { unreachable } from './unreachable';

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
    /** What lay there when it was taken. */
    public readonly copy: KeptCopy | undefined,
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
    if (taken?.token.node !== page.node) {
      return undefined;
    }
    const copy = taken.state === 'taken' ? undefined : decodeKept(taken.value);
    return new KeptPlace(tools, taken.token, taken.state === 'taken', copy);
  }

  /**
   * Publishes a copy: of the page that was just published, or in its stead. The page must be known not to be purged.
   *
   * @returns whether it is kept; undefined where nobody knows.
   */
  public async publish(copy: KeptCopy): Promise<boolean | undefined> {
    const { pages, config } = this.tools;
    const expiresAt = copy.freshUntil + config.storage.keptFor;
    const published = await quietly(pages.publish(this.token, encodeKept(copy), expiresAt));
    if (published === true) this.leased = false;
    return published;
  }

  /** What lies there now: a purge may have come since the place was taken. */
  public async read(): Promise<KeptCopy | undefined> {
    const value = await quietly(this.tools.pages.read(this.token));
    return value && decodeKept(value);
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
