/** The addresses behind a name; none when it does not resolve. */
export type Resolve = (name: string) => Promise<readonly string[]>;

// Load balancers answer with some of their addresses, in turn: what is not seen in so many answers is gone.
const ANSWERS = 4;

interface Watched {
  /** What nginx has read. */
  used: ReadonlySet<string>;
  /** The last answers, the newest first. */
  answers: ReadonlySet<string>[];
}

/**
 * Watches the addresses behind names that nginx resolves only when it reads its configuration. Says when it has to read it
 * again: when none of a name's addresses is one that nginx uses, at once; when one that it uses has gone, or a new one has
 * come to stay, after four answers. A name that does not resolve says nothing.
 */
export class AddressWatch {
  private readonly watched = new Map<string, Watched>();

  public constructor(private readonly resolve: Resolve) {}

  /** Resolves the names as nginx does now that it reads them. */
  public async use(names: readonly string[]): Promise<void> {
    const answers = await this.ask(names);
    this.watched.clear();
    answers.forEach((answer, name) => this.watched.set(name, { used: answer, answers: [answer] }));
  }

  /** Resolves the names again, and says whether nginx has to. */
  public async changed(): Promise<boolean> {
    const answers = await this.ask([...this.watched.keys()]);
    return [...answers].map(([name, answer]) => this.note(name, answer)).includes(true);
  }

  private note(name: string, answer: ReadonlySet<string>): boolean {
    const watched = this.watched.get(name);
    if (watched === undefined || answer.size === 0) {
      return false;
    }
    watched.answers = [answer, ...watched.answers].slice(0, ANSWERS);
    const { used, answers } = watched;
    const moved = ![...answer].some((address) => used.has(address));
    const settled = answers.length === ANSWERS;
    const gone = [...used].some((address) => !answers.some((one) => one.has(address)));
    const came = [...answer].some((address) => !used.has(address) && answers.every((one) => one.has(address)));
    return moved || (settled && (gone || came));
  }

  private async ask(names: readonly string[]): Promise<Map<string, ReadonlySet<string>>> {
    const answers = await Promise.all(names.map(async (name) => [name, new Set(await this.resolve(name))] as const));
    return new Map(answers);
  }
}
