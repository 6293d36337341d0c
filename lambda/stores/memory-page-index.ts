import type { FillStart, JournalEntry, PageIndex, PageRow, Selector } from '../core/page-index';

/** Numbers seen, by the journal's name. */
type Position = ReadonlyMap<string, number>;

interface Journal {
  /** The last number that was taken. */
  sequence: number;
  readonly entries: Map<number, JournalEntry>;
}

/** The index, journal and registry in this process: for tests, and for a site of one process. */
export class MemoryPageIndex implements PageIndex {
  private readonly rows = new Map<string, PageRow>();
  private readonly registry = new Set<string>();
  private readonly journals = new Map<string, Journal>();

  public startFill(page: Pick<PageRow, 'host' | 'path'>): Promise<FillStart> {
    return later(() => ({
      position: new Map(journalsOf(page).map((name) => [name, this.journal(name).sequence])) satisfies Position,
      nodes: new Set(this.registry),
    }));
  }

  public registerNode(node: string): Promise<void> {
    return later(() => void this.registry.add(node));
  }

  public addRows(page: PageRow): Promise<void> {
    return later(
      () => void this.rows.set(page.key, { host: page.host, path: page.path, query: page.query, key: page.key }),
    );
  }

  public purgedSince(start: FillStart, page: Pick<PageRow, 'host' | 'path'>): Promise<boolean> {
    return later(() =>
      journalsOf(page).some((name) => this.journal(name).sequence > ((start.position as Position).get(name) ?? 0)),
    );
  }

  /** Takes the numbers and puts the entries in two steps, between which others may come, as in a table. */
  public async record(entry: JournalEntry): Promise<void> {
    for (const name of new Set(entry.selectors.map(journalOf))) {
      const number = await later(() => (this.journal(name).sequence += 1));
      await later(() => this.journal(name).entries.set(number, entry));
    }
  }

  public async *select(selector: Selector): AsyncIterable<PageRow[]> {
    yield await later(() => [...this.rows.values()].filter((row) => selects(selector, row)));
  }

  public nodes(): Promise<ReadonlySet<string>> {
    return later(() => new Set(this.registry));
  }

  public close(): Promise<void> {
    return Promise.resolve();
  }

  private journal(name: string): Journal {
    const known = this.journals.get(name) ?? { sequence: 0, entries: new Map<number, JournalEntry>() };
    this.journals.set(name, known);
    return known;
  }
}

function selects(selector: Selector, row: PageRow): boolean {
  return selector.kind === 'everything' || (selector.host === row.host && selector.path === row.path);
}

// Purges of URLs have a journal for each page address, so that a busy site's fills read only what concerns them.
function journalOf(selector: Selector): string {
  return selector.kind === 'everything' ? '' : selector.host + selector.path;
}

function journalsOf({ host, path }: Pick<PageRow, 'host' | 'path'>): string[] {
  return ['', host + path];
}

async function later<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
