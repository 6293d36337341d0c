/** What became of a page that was to be warmed. */
export type WarmOutcome =
  /** It was rendered and stored. */
  | 'stored'
  /** It was there already. */
  | 'there'
  /** The site's rules do not allow it: trying again gives the same. */
  | 'refused'
  /** It could not be rendered or stored, after all tries. */
  | 'failed'
  /** Its sitemap says that it has not changed for longer than was asked for. */
  | 'older';

/** A page of those that had an outcome. */
export interface WarmExample {
  readonly url: string;
  /** The values that are not the defaults. */
  readonly variants?: Readonly<Record<string, string>>;
  /** A stable name: one of reasons.ts, or of a fault of the sitemap or the URL. */
  readonly reason?: string;
  /** What an error said. */
  readonly detail?: string;
}

/** The pages that had one outcome. */
export interface WarmGroup {
  readonly count: number;
  /** How many of them for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly first: readonly WarmExample[];
}

/** What a warm, or a part of it, did. */
export type WarmResult = Readonly<Record<WarmOutcome, WarmGroup>>;

const OUTCOMES: readonly WarmOutcome[] = ['stored', 'there', 'refused', 'failed', 'older'];
// Enough to see what is wrong; the results of a part lie in a row of 400 kB at most.
const MOST_EXAMPLES = 20;
const LONGEST_DETAIL = 300;

interface Group extends WarmGroup {
  count: number;
  readonly reasons: Record<string, number>;
  readonly first: WarmExample[];
}

const newGroup = (): Group => ({ count: 0, reasons: {}, first: [] });

/** Counts outcomes. */
export class WarmTally {
  private readonly groups: Readonly<Record<WarmOutcome, Group>> = {
    stored: newGroup(),
    there: newGroup(),
    refused: newGroup(),
    failed: newGroup(),
    older: newGroup(),
  };

  public add(outcome: WarmOutcome, example: WarmExample): void {
    this.addGroup(outcome, {
      count: 1,
      reasons: example.reason === undefined ? {} : { [example.reason]: 1 },
      first: [example.detail === undefined ? example : { ...example, detail: example.detail.slice(0, LONGEST_DETAIL) }],
    });
  }

  /** Counts what a part counted. */
  public addAll(result: WarmResult): void {
    OUTCOMES.forEach((outcome) => this.addGroup(outcome, result[outcome]));
  }

  /** Counts pages of which none is named. */
  public addCount(outcome: WarmOutcome, count: number, reason: string): void {
    this.addGroup(outcome, { count, reasons: { [reason]: count }, first: [] });
  }

  public get result(): WarmResult {
    return this.groups;
  }

  private addGroup(outcome: WarmOutcome, { count, reasons, first }: WarmGroup): void {
    const group = this.groups[outcome];
    group.count += count;
    Object.entries(reasons).forEach(([reason, of]) => (group.reasons[reason] = (group.reasons[reason] ?? 0) + of));
    group.first.push(...first.slice(0, MOST_EXAMPLES - group.first.length));
  }
}
