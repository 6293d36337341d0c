/**
 * A limit on the wait for something that arrives. It is over only after what had arrived by then has been read: a process
 * that was busy itself must not take the other side for slow.
 */
export class Deadline {
  private readonly timer: NodeJS.Timeout;
  private immediate?: NodeJS.Immediate;

  /** @param late called once, unless the deadline is cleared before. */
  public constructor(milliseconds: number, late: () => void) {
    // Node runs timers before it reads from sockets, and immediates after.
    this.timer = setTimeout(() => (this.immediate = setImmediate(late)), milliseconds);
  }

  public clear(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
  }
}
