import { WARM_WORKERS } from '../../lib/site/warming';
import type { SiteConfig } from '../../lib/site/site-config';
import type { WarmLog } from './warm-log';
import { pagesPerUrl } from './warm-pages';
import type { WarmRequest } from './warm-request';
import { type WarmResult, WarmTally } from './warm-result';
import type { PagesWork, SitemapWork, WarmAnswer, WarmManner, WarmPart, WarmWork } from './warm-work';

/** What directing a warm needs. */
export interface WarmPorts {
  readonly config: SiteConfig;
  readonly warms: WarmLog;
  /** Makes a unique id for a warm. */
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Puts parts into the queue. */
  readonly send: (parts: readonly WarmPart[]) => Promise<void>;
  /** Has a piece of work done where the pages are. */
  readonly work: (work: WarmWork) => Promise<WarmAnswer>;
}

/** A warm that has begun. */
export interface WarmStarted {
  /** Its id, by which its progress is asked for. */
  readonly warm: string;
}

// A part is so large that it takes about this long at the site's rate: a function's call ends, and what it did not do is
// begun again.
const SECONDS_OF_PART = 120;
const MOST_PAGES_OF_PART = 100;
// SQS's messages have 256 kB.
const MOST_BYTES_OF_PART = 100_000;
// Lambda stops a function that a queue leads back to itself 16 times; a sitemap index uses up four of them.
const MOST_TURNS = 10;

/** Begins a warm: puts its parts into the queue. */
export async function startWarm(
  request: Exclude<WarmRequest, { kind: 'progress' }>,
  ports: WarmPorts,
): Promise<WarmStarted> {
  const [warm, at] = [ports.newId(), ports.now()];
  const works = request.kind === 'warm' ? firstWorks(request, ports.config) : [aheadWork(request, at)];
  await ports.warms.begin({ warm, at, caller: request.kind === 'warm' ? request.caller : 'refresh-ahead' });
  await hand(partsOf(warm, '', works), ports);
  return { warm };
}

/**
 * Does a part of a warm, and plans what it leads to. A part may come twice: one that is done is left alone, and doing one
 * twice finds its pages there.
 *
 * @param lastTry whether a part that fails is given up, and counts as failed.
 * @throws what the work fails with.
 */
export async function doPart({ warm, part, work }: WarmPart, ports: WarmPorts, lastTry: boolean): Promise<void> {
  if (await ports.warms.isDone(warm, part)) {
    return;
  }
  try {
    await ports.warms.finish(warm, part, await workOn(warm, part, work, ports));
  } catch (error) {
    if (lastTry) await ports.warms.finish(warm, part, failed(work, error as Error, ports.config));
    throw error;
  }
}

async function workOn(warm: string, part: string, work: WarmWork, ports: WarmPorts): Promise<WarmResult> {
  const tally = new WarmTally();
  let answer = await ports.work(work);
  tally.addAll(answer.result);
  if (work.kind === 'pages' && answer.next !== undefined) {
    if (work.turn < MOST_TURNS) {
      await hand(partsOf(warm, `${part}.`, [{ ...work, from: answer.next, turn: work.turn + 1 }]), ports);
    } else {
      tally.addCount('failed', pagesOfWork(work, ports.config) - answer.next, 'no-time');
    }
  }
  if (work.kind === 'sitemap') {
    for (let slice = 0; ; slice += 1) {
      await hand(partsOf(warm, `${part}.${slice}.`, worksIn(answer, work, ports.config)), ports);
      if (answer.next === undefined) break;
      answer = await ports.work({ ...work, from: answer.next });
      tally.addAll(answer.result);
    }
  }
  return tally.result;
}

// Planned before they are sent: a part that is done and not planned would end a warm too early.
async function hand(parts: readonly WarmPart[], { warms, send }: WarmPorts): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  await warms.plan(
    first.warm,
    parts.map(({ part }) => part),
  );
  await send(parts);
}

function partsOf(warm: string, prefix: string, works: readonly WarmWork[]): WarmPart[] {
  return works.map((work, i) => ({ warm, part: `${prefix}${i}`, work }));
}

function firstWorks(request: Extract<WarmRequest, { kind: 'warm' }>, config: SiteConfig): WarmWork[] {
  const { urls, sitemaps, since, variants, refresh } = request;
  return [
    ...sitemaps.map((url) => ({ kind: 'sitemap', url, since, variants, refresh, nested: false, from: 0 }) as const),
    ...pagesWorks(urls, { variants, refresh }, config),
  ];
}

function aheadWork({ before, atMost, every }: Extract<WarmRequest, { kind: 'refresh-ahead' }>, at: number): WarmWork {
  return { kind: 'refresh-ahead', before, atMost, until: at + every * 1000 };
}

function worksIn({ urls = [], sitemaps = [] }: WarmAnswer, work: SitemapWork, config: SiteConfig): WarmWork[] {
  return [
    ...sitemaps.map((url) => ({ ...work, url, nested: true, from: 0 }) as const),
    ...pagesWorks(urls, { variants: work.variants, refresh: work.refresh }, config),
  ];
}

function pagesWorks(urls: readonly string[], manner: WarmManner, config: SiteConfig): PagesWork[] {
  const perSecond = config.warming.requestsPerSecond / WARM_WORKERS;
  const pages = Math.min(Math.max(Math.floor(perSecond * SECONDS_OF_PART), 1), MOST_PAGES_OF_PART);
  const most = Math.max(Math.floor(pages / pagesPerUrl(config, manner.variants)), 1);
  const works: PagesWork[] = [];
  for (let at = 0; at < urls.length;) {
    const chosen = fitting(urls.slice(at, at + most));
    works.push({ kind: 'pages', urls: chosen, ...manner, from: 0, turn: 0 });
    at += chosen.length;
  }
  return works;
}

/** The first URLs that fit into a message; one always does. */
function fitting(urls: readonly string[]): readonly string[] {
  let bytes = 0;
  const tooMany = urls.findIndex((url) => (bytes += Buffer.byteLength(JSON.stringify(url)) + 1) > MOST_BYTES_OF_PART);
  return tooMany < 0 ? urls : urls.slice(0, Math.max(tooMany, 1));
}

function pagesOfWork({ urls, variants }: PagesWork, config: SiteConfig): number {
  return urls.length * pagesPerUrl(config, variants);
}

function failed(work: WarmWork, { message: detail }: Error, config: SiteConfig): WarmResult {
  const tally = new WarmTally();
  const [url = ''] = work.kind === 'pages' ? work.urls : work.kind === 'sitemap' ? [work.url] : [];
  tally.add('failed', { url, reason: 'part-failed', detail });
  if (work.kind === 'pages') tally.addCount('failed', pagesOfWork(work, config) - work.from - 1, 'part-failed');
  return tally.result;
}
