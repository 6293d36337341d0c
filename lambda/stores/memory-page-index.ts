import type {
  FillStart,
  JournalEntry,
  NodeRegistry,
  PageIndex,
  PageRow,
  PurgeRecord,
  PurgeResult,
} from '../core/page-index';
import { type PageLabels, type Selector, selects } from '../core/selector';

/** The index, journal and registry in this process: for tests, and for a site of one process. */
export class MemoryPageIndex implements PageIndex {
  /** The last number that was taken. */
  private sequence = 0;
  private readonly entries = new Map<number, JournalEntry>();
  private readonly rows = new Map<string, { readonly row: PageRow; readonly expiresAt: number }>();
  private readonly records = new Map<string, PurgeRecord>();
  private readonly registered = new Set<string>();
  private readonly missed = new Set<string>();
  private misses = 0;
  private readonly keySpecs = new Set<string>();

  /**
   * @param now milliseconds since 1970.
   * @param rowLife seconds that page rows live: at least as long as any page of the site.
   */
  public constructor(
    private readonly now: () => number = Date.now,
    private readonly rowLife = 365 * 86_400,
  ) {}

  public startFill(_page: Pick<PageRow, 'host' | 'path'>): Promise<FillStart> {
    return later(() => ({ position: this.sequence, ...this.registry() }));
  }

  public registerNode(node: string): Promise<void> {
    return later(() => void this.registered.add(node));
  }

  public registerKeySpec(spec: string): Promise<void> {
    return later(() => void this.keySpecs.add(spec));
  }

  /** Rows of one page key are kept for every set of tags that it was ever stored with. */
  public addRows(page: PageRow): Promise<void> {
    return later(() => {
      const expiresAt = this.now() + this.rowLife * 1000;
      this.rows.set(JSON.stringify([page.key, page.tags]), { row: page, expiresAt });
    });
  }

  public purgedSince(start: FillStart, page: PageLabels): Promise<boolean> {
    return later(() => {
      for (let number = (start.position as number) + 1; number <= this.sequence; number += 1) {
        const entry = this.entries.get(number);
        if (entry === undefined || entry.selectors.some((selector) => selects(selector, page))) return true;
      }
      return false;
    });
  }

  /** Takes the number and puts the entry in two steps, between which others may come, as in a table. */
  public async record(entry: JournalEntry): Promise<void> {
    const { selectors, caller, ...record } = entry;
    const number = await later(() => (this.sequence += 1));
    await later(() => this.entries.set(number, entry));
    if (caller !== undefined) this.records.set(entry.id, { ...record, caller, selected: JSON.stringify(selectors) });
  }

  public async *select(selector: Selector): AsyncIterable<PageRow[]> {
    const living = await later(() => this.livingRows());
    const selected = living.filter((row) => selects(selector, row));
    yield [...new Map(selected.map((row) => [row.key, row])).values()];
  }

  public finish({ id }: JournalEntry, result: PurgeResult): Promise<void> {
    return later(() => {
      const record = this.records.get(id);
      if (record !== undefined) this.records.set(id, { ...record, result });
    });
  }

  public async *purges(day: string): AsyncIterable<PurgeRecord[]> {
    const records = [...this.records.values()].filter(({ at }) => new Date(at).toISOString().startsWith(day));
    yield await later(() => records.sort((a, b) => b.at - a.at));
  }

  public nodes(): Promise<NodeRegistry> {
    return later(() => this.registry());
  }

  public missNode(node: string): Promise<void> {
    return later(() => {
      this.registered.delete(node);
      this.missed.add(node);
      this.misses += 1;
    });
  }

  public admitNode(node: string, misses: number): Promise<boolean> {
    return later(() => {
      if (misses !== this.misses) return false;
      this.missed.delete(node);
      return true;
    });
  }

  public close(): Promise<void> {
    return Promise.resolve();
  }

  private livingRows(): PageRow[] {
    for (const [id, { expiresAt }] of this.rows) {
      if (expiresAt <= this.now()) this.rows.delete(id);
    }
    return [...this.rows.values()].map(({ row }) => row);
  }

  private registry(): NodeRegistry {
    return {
      nodes: new Set(this.registered),
      missed: new Set(this.missed),
      misses: this.misses,
      keySpecs: new Set(this.keySpecs),
    };
  }
}

async function later<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
