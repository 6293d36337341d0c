import type { Wait } from './fill-tools';

/**
 * Lets work begin at a rate: a bucket of one token that is empty at first, so that processes which follow one another keep
 * to the rate as well.
 */
export class Pace {
  private readonly interval: number;
  private next: number;

  /** @param now milliseconds, of a clock that is never set back. */
  public constructor(
    perSecond: number,
    private readonly now: () => number,
    private readonly wait: Wait,
  ) {
    this.interval = 1000 / perSecond;
    this.next = now() + this.interval;
  }

  /** Resolves when it is this caller's turn; turns are given in the order in which they are asked for. */
  public async turn(): Promise<void> {
    const now = this.now();
    const at = Math.max(this.next, now);
    this.next = at + this.interval;
    // Timers count whole milliseconds.
    if (at > now) await this.wait(Math.ceil(at - now));
  }
}
