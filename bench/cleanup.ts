/** Ends what was started, the last first, also what is still starting. */
export class Cleanup {
  private readonly ends: (() => Promise<unknown>)[] = [];
  private running = Promise.resolve();

  /** Waits for a start, and ends what it started when the time comes. */
  public async started<T>(starting: Promise<T>, end: (part: T) => Promise<unknown>): Promise<T> {
    // What did not start has nothing to end, and its error is its starter's.
    this.ends.push(() => starting.then(end, () => undefined));
    return starting;
  }

  /** Ends what has been started by now; when it is called meanwhile, it waits for that too. */
  public run(): Promise<void> {
    this.running = this.running.then(async () => {
      for (const end of this.ends.splice(0).reverse()) await end();
    });
    return this.running;
  }
}
