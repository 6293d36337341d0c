import type { Ring } from '../stores/ring';
import { within } from './within';

/** How a `FollowedRing` learns of the nodes. */
export interface FollowedRingOptions {
  /** Reads the ring of now. */
  readonly read: () => Promise<Ring>;
  /** Milliseconds after which it is read again. */
  readonly every: number;
  /** Milliseconds that callers wait for it to be read again. */
  readonly patience: number;
  readonly now: () => number;
  /** Learns that it could not be read again. The last good one stays in use. */
  readonly failed: (error: unknown) => void;
}

/**
 * The ring of a cluster whose nodes may change, read again while it is used. There is no timer: between two calls a function
 * is frozen, and the first call after that is the one that must not use an old ring.
 */
export class FollowedRing {
  private ring?: Ring;
  private readAt = -Infinity;
  private reading?: Promise<void>;

  public constructor(private readonly options: FollowedRingOptions) {}

  /** @throws what reading it throws, as long as there is none. */
  public async current(): Promise<Ring> {
    const { now, every, patience } = this.options;
    if (this.reading === undefined && now() - this.readAt >= every) {
      this.reading = this.readAgain().finally(() => (this.reading = undefined));
    }
    if (this.ring === undefined) {
      await this.reading;
    } else if (this.reading !== undefined) {
      await within(patience, this.reading, () => '').catch(() => undefined);
    }
    return this.ring as Ring;
  }

  private async readAgain(): Promise<void> {
    try {
      this.ring = await this.options.read();
      this.readAt = this.options.now();
    } catch (error) {
      if (this.ring === undefined) {
        throw error;
      }
      this.readAt = this.options.now();
      this.options.failed(error);
    }
  }
}
