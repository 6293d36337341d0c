import type { FillAnswer } from '../core/fill-tools';
import type { Log } from './log-json';

/** Fills that go on when their visitors have been answered, in a process that is not frozen between requests. */
export class BackgroundFills {
  private readonly filling = new Set<Promise<void>>();

  public constructor(private readonly log: Log) {}

  /** Takes a fill; what keeps it from being stored is logged. */
  public readonly take = (fill: Promise<FillAnswer>): void => {
    const logged = fill
      .then(({ cause }) => {
        if (cause !== undefined) this.log('not-stored', { background: true, error: cause });
      })
      .catch((error: unknown) => this.log('fill-failed', { background: true, error }))
      .finally(() => this.filling.delete(logged));
    this.filling.add(logged);
  };

  /** Resolves when all are done. */
  public async done(): Promise<void> {
    await Promise.all(this.filling);
  }
}
