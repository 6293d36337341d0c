interface Turn {
  readonly running: Promise<void>;
  next?: Promise<void>;
}

// Kinds of work that are under way at once; the others wait for one to end.
const MOST_AT_ONCE = 16;

/** Work that nobody does twice at once: while it is done, all that ask for it again share one that begins after it. */
export class Turns {
  private readonly turns = new Map<string, Turn>();
  private readonly queue: (() => void)[] = [];
  private active = 0;

  /** @param work must not throw. */
  public take(key: string, work: () => Promise<void>): Promise<void> {
    const turn = this.turns.get(key);
    if (turn === undefined) {
      return this.begin(key, work);
    }
    turn.next ??= turn.running.then(() => this.begin(key, work));
    return turn.next;
  }

  private begin(key: string, work: () => Promise<void>): Promise<void> {
    const turn: Turn = {
      running: this.whenThereIsRoom(work).finally(() => {
        if (turn.next === undefined) this.turns.delete(key);
      }),
    };
    this.turns.set(key, turn);
    return turn.running;
  }

  private async whenThereIsRoom(work: () => Promise<void>): Promise<void> {
    if (this.active === MOST_AT_ONCE) {
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else {
      this.active += 1;
    }
    try {
      await work();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.active -= 1;
      else next();
    }
  }
}
