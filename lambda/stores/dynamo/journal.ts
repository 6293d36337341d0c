import type { JournalEntry, PageRow } from '../../core/page-index';
import { isOfOneUrl, type PageLabels, type Selector, selects } from '../../core/selector';
import { entrySortKey, JOURNAL_LIFE, type RowKey, SEQUENCE, type SiteRows } from './rows';
import type { Row, Table } from './table';

// More URLs than these go into the site's journal, a few rows instead of two writes for each.
const MOST_URL_JOURNALS = 25;
// DynamoDB's rows hold 400 kB; fills read these rows when they overlap with the purge.
const ENTRY_BYTES = 100_000;
// Above this the numbers were begun anew: nobody counts so many.
const MOST_NEWS = 10_000;
// A number is never given twice, even where its row has expired between two purges.
const SEQUENCE_LIFE = 2 * JOURNAL_LIFE;

/** Where the purges lie that can select a page: in the site's journal and in one for each URL. */
export class Journal {
  public constructor(
    private readonly table: Table,
    private readonly rows: SiteRows,
    private readonly now: () => number,
  ) {}

  /** The rows that hold the last numbers of the journals that concern a page. */
  public sequences(page: Pick<PageRow, 'host' | 'path'>): RowKey[] {
    return this.journalsOf(page).map((pk) => ({ pk, sk: SEQUENCE }));
  }

  /** The last numbers in rows that were read; zero for a journal without entries. */
  public position(page: Pick<PageRow, 'host' | 'path'>, rows: readonly Row[]): number[] {
    return this.journalsOf(page).map((pk) => Number(rows.find((row) => row.pk?.S === pk)?.last?.N ?? 0));
  }

  /** Whether an entry after these numbers selects the page, or a number has no entry yet. */
  public async selectedSince(position: readonly number[], page: PageLabels, deadline: number): Promise<boolean> {
    const news = this.journalsOf(page).map((pk, i) => this.hasNews(pk, position[i] ?? 0, page, deadline));
    return (await Promise.all(news)).includes(true);
  }

  /** Takes numbers, then puts the entry under them. */
  public async record({ id, selectors }: JournalEntry, deadline: number): Promise<void> {
    await Promise.all(
      [...this.byJournal(selectors)].map(async ([pk, selected]) => {
        const parts = chunks(selected);
        const last = await this.takeNumbers(pk, parts.length, deadline);
        const entries = parts.map((part, i) => {
          const sk = entrySortKey(last - parts.length + 1 + i);
          return [
            { pk, sk },
            { id: { S: id }, selectors: { S: part }, expires: this.after(JOURNAL_LIFE) },
          ] as const;
        });
        await this.table.putAll(entries, deadline);
      }),
    );
  }

  private byJournal(selectors: readonly Selector[]): Map<string, Selector[]> {
    const few = selectors.filter(isOfOneUrl).length <= MOST_URL_JOURNALS;
    const journals = new Map<string, Selector[]>();
    for (const selector of selectors) {
      const pk = few && isOfOneUrl(selector) ? this.rows.urlJournal(selector) : this.rows.siteJournal;
      journals.set(pk, [...(journals.get(pk) ?? []), selector]);
    }
    return journals;
  }

  private async takeNumbers(pk: string, count: number, deadline: number): Promise<number> {
    const change = {
      UpdateExpression: 'SET #last = if_not_exists(#last, :first) + :count, #expires = :expires',
      ExpressionAttributeNames: { '#last': 'last', '#expires': 'expires' },
      ExpressionAttributeValues: {
        ':first': { N: String(this.now()) },
        ':count': { N: String(count) },
        ':expires': this.after(SEQUENCE_LIFE),
      },
      ReturnValues: 'UPDATED_NEW',
    } as const;
    const { last } = await this.table.update({ pk, sk: SEQUENCE }, change, deadline);
    return Number(last?.N);
  }

  // A number that is taken and whose entry is not there yet belongs to a purge that is just beginning.
  private async hasNews(pk: string, since: number, page: PageLabels, deadline: number): Promise<boolean> {
    const seen = new Set<string>();
    const selecting: string[] = [];
    let last: number | undefined;
    for await (const rows of this.table.query(pk, 'sk > :sk', entrySortKey(since), deadline)) {
      for (const { sk, last: number, selectors } of rows) {
        if (sk?.S === SEQUENCE) {
          last = Number(number?.N);
          continue;
        }
        seen.add(sk?.S ?? '');
        if ((JSON.parse(selectors?.S ?? '[]') as Selector[]).some((selector) => selects(selector, page))) {
          selecting.push(sk?.S ?? '');
        }
      }
    }
    if (last === undefined) return selecting.length > 0;
    if (last === since) return false;
    // A journal that was not there before has an unknown first number. Entries above the last number are of an earlier life
    // of the journal, by a clock that was ahead.
    const newest = entrySortKey(last);
    if (since === 0 || last < since || last - since > MOST_NEWS || selecting.some((sk) => sk <= newest)) return true;
    return Array.from({ length: last - since }, (_, i) => entrySortKey(since + 1 + i)).some((sk) => !seen.has(sk));
  }

  private journalsOf(page: Pick<PageRow, 'host' | 'path'>): string[] {
    return [this.rows.siteJournal, this.rows.urlJournal(page)];
  }

  private after(seconds: number): { N: string } {
    return { N: String(Math.floor(this.now() / 1000) + seconds) };
  }
}

/** Selectors as JSON texts that fit into rows. */
function chunks(selectors: readonly Selector[]): string[] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const text of selectors.map((selector) => JSON.stringify(selector))) {
    if (bytes + text.length > ENTRY_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    bytes += text.length + 1;
    parts.at(-1)?.push(text);
  }
  return parts.map((part) => `[${part.join()}]`);
}
