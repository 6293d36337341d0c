import { EventEmitter } from 'node:events';
import { ask, cacheStatus, CutOffError, type RawAnswer } from './raw-http';
import type { TestSite } from './test-site';

const VISITORS = 6;
// Every second request is for one of these, which are stored; the others are for pages that nobody has asked for before.
const HOT_PAGES = 30;
// Whatever is waited for takes a few seconds on a busy machine.
const PATIENCE = 50_000;

/** What came of one request. */
export interface Visit {
  readonly target: string;
  /** What the answer's `Cache-Status` says. */
  readonly cache: string;
  /** What came in place of the application's own, whole answer. */
  readonly failure?: string;
}

/** The failure of an answer that says itself that it is not whole. */
export const CUT_OFF = 'cut off';

const textOf = (target: string) => `the page at ${target}`;
const hotPage = (number: number) => `/hot?page=${number % HOT_PAGES}`;
let newPages = 0;
const newPage = () => `/new?page=${(newPages += 1)}`;

/**
 * Visitors who ask a site for pages, each for one after the other, while a test breaks something. Also what becomes of a
 * part that hangs is judged by answers, never by time.
 */
export class Visits {
  /** What was not the application's own answer. It grows until the end. */
  public readonly failed: Visit[] = [];
  private readonly visits = new EventEmitter<{ visit: [visit: Visit, visitor: number] }>();
  private readonly counts = new Map<string, number>();
  private readonly ended: Promise<unknown>;
  private going = true;

  /** Has an application's pages stored and visitors come. */
  public static async start(site: TestSite): Promise<Visits> {
    for (const path of ['/hot', '/new']) {
      site.origin.on(path, ({ url = '' }, response) => {
        const text = textOf(url);
        response.writeHead(200, { 'Cache-Control': 'max-age=600', 'Content-Length': text.length }).end(text);
      });
    }
    for (let page = 0; page < HOT_PAGES; page += 1) {
      while (cacheStatus(await ask(site.address, hotPage(page))) !== 'hit');
    }
    return new Visits(site.address);
  }

  private constructor(private readonly address: string) {
    this.ended = Promise.all(Array.from({ length: VISITORS }, (_, visitor) => this.ask(visitor)));
  }

  /** Waits until every visitor has so many answers to what it asked for since. */
  public async answers(each: number): Promise<void> {
    // The first one may be to what was asked for before.
    const had = Array<number>(VISITORS).fill(-1);
    await this.until(`${each} answers for each visitor`, (_, visitor) => {
      had[visitor] = (had[visitor] ?? 0) + 1;
      return had.every((count) => count >= each);
    });
  }

  /** Waits until answers of all these kinds have come, by what `Cache-Status` says. */
  public async see(...kinds: readonly string[]): Promise<void> {
    const missing = new Set(kinds);
    await this.until(kinds.join(' and '), ({ cache }) => missing.delete(cache) && missing.size === 0);
  }

  /** Waits until each of the pages that are stored has been answered from the cache since. */
  public async hitEverywhere(): Promise<void> {
    const missing = new Set(Array.from({ length: HOT_PAGES }, (_, page) => hotPage(page)));
    await this.until('a hit of every stored page', ({ target, cache }) => {
      return cache === 'hit' && missing.delete(target) && missing.size === 0;
    });
  }

  /** Waits until so many answers in a row have not been of a kind. */
  public async noLonger(kind: string, answers = 100): Promise<void> {
    let others = 0;
    await this.until(`the end of ${kind}`, ({ cache }) => (others = cache === kind ? 0 : others + 1) >= answers);
  }

  /** Sends the visitors home. @returns `failed`. */
  public async stop(): Promise<readonly Visit[]> {
    this.going = false;
    await this.ended;
    return this.failed;
  }

  private async ask(visitor: number): Promise<void> {
    for (let turn = 0; this.going; turn += 1) {
      const target = turn % 2 === 0 ? hotPage(visitor * 7 + turn / 2) : newPage();
      const visit = await this.visit(target);
      if (visit.failure !== undefined) this.failed.push(visit);
      this.counts.set(visit.cache, (this.counts.get(visit.cache) ?? 0) + 1);
      this.visits.emit('visit', visit, visitor);
    }
  }

  private async visit(target: string): Promise<Visit> {
    try {
      const answer = await ask(this.address, target);
      return { target, cache: cacheStatus(answer), failure: failureOf(answer, target) };
    } catch (error) {
      return error instanceof CutOffError
        ? { target, cache: cacheStatus(error), failure: CUT_OFF }
        : { target, cache: '', failure: (error as Error).message };
    }
  }

  private until(what: string, done: (visit: Visit, visitor: number) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (visit: Visit, visitor: number) => {
        if (done(visit, visitor)) end(resolve);
      };
      const giveUp = () => {
        const came = JSON.stringify(Object.fromEntries(this.counts));
        end(() => reject(new Error(`${what}: not within ${PATIENCE} ms; there were ${came}`)));
      };
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.visits.off('visit', look);
        settle();
      };
      const timer = setTimeout(giveUp, PATIENCE);
      this.visits.on('visit', look);
    });
  }
}

function failureOf({ status, headers, body }: RawAnswer, target: string): string | undefined {
  if (status === 200 && body === textOf(target)) {
    return undefined;
  }
  return body.length < Number(headers['content-length']) ? CUT_OFF : `${status} ${body.slice(0, 80)}`;
}
