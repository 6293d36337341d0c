import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { doPart, startWarm, type WarmPorts } from '../../../lambda/core/warm';
import { progressOf, type WarmBeginning, type WarmLog } from '../../../lambda/core/warm-log';
import { parseWarmRequest } from '../../../lambda/core/warm-request';
import { type WarmResult, WarmTally } from '../../../lambda/core/warm-result';
import type { PagesWork, WarmAnswer, WarmPart, WarmWork } from '../../../lambda/core/warm-work';
import { NOON } from './page-cache-world';

const url = (i: number | string) => `https://example.com/${i}`;
const urls = (count: number) => Array.from({ length: count }, (_, i) => url(i));
const storedResult = (count: number): WarmResult => {
  const tally = new WarmTally();
  for (let i = 0; i < count; i += 1) tally.add('stored', { url: url(i) });
  return tally.result;
};

class MemoryLog implements WarmLog {
  private beginning?: WarmBeginning;
  private readonly planned = new Set<string>();
  private readonly done = new Map<string, WarmResult>();
  public begin(beginning: WarmBeginning) {
    this.beginning = beginning;
    return Promise.resolve();
  }
  public plan(_: string, parts: readonly string[]) {
    parts.forEach((part) => this.planned.add(part));
    return Promise.resolve();
  }
  public isDone(_: string, part: string) {
    return Promise.resolve(this.done.has(part));
  }
  public finish(_: string, part: string, result: WarmResult) {
    if (!this.done.has(part)) this.done.set(part, result);
    return Promise.resolve();
  }
  public read() {
    return Promise.resolve(this.beginning && progressOf(this.beginning, this.planned, this.done));
  }
}

/** A warm's world: a queue that is worked off by `drain`, and work whose answers the test decides. */
function given(answer: (work: WarmWork) => WarmAnswer | Promise<WarmAnswer>, site: Partial<SiteConfigInput> = {}) {
  const config = parseSiteConfig({ site: 'test', ...site });
  const queue: WarmPart[] = [];
  const works: WarmWork[] = [];
  const warms = new MemoryLog();
  const ports: WarmPorts = {
    ...{ config, warms, newId: () => 'w-1', now: () => NOON },
    send: (parts) => Promise.resolve(void queue.push(...parts)),
    work: async (work) => (works.push(work), await answer(work)),
  };
  return {
    ports,
    queue,
    works,
    warms,
    start: (input: unknown) => startWarm(parseWarmRequest(config, input, NOON) as never, ports),
    drain: async () => {
      for (let part = queue.shift(); part; part = queue.shift()) await doPart(part, ports, false);
      return warms.read();
    },
  };
}
const allStored = (work: WarmWork): WarmAnswer => ({
  result: storedResult(work.kind === 'pages' ? work.urls.length : 0),
});

test('a warm of URLs is cut into parts that take about two minutes at its rate, a hundred pages at most', async () => {
  const sizes = async (requestsPerSecond: number, variants?: string) => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const key = { variants: [{ name: 'v', source: 'cookie' as const, field: 'v', values }] };
    const { queue, start } = given(allStored, { warming: { requestsPerSecond }, key });
    await start({ urls: urls(250), variants });
    return queue.map(({ work }) => (work as PagesWork).urls.length);
  };
  expect(await sizes(100)).toEqual([100, 100, 50]);
  expect((await sizes(0.5))[0]).toBe(30);
  expect((await sizes(0.1))[0]).toBe(6);
  expect((await sizes(100, 'all'))[0]).toBe(12);
  expect((await sizes(0.1, 'all'))[0]).toBe(1);
});

test('a part is never larger than a message may be', async () => {
  const { queue, start } = given(allStored, { warming: { requestsPerSecond: 100 } });
  const long = Array.from({ length: 120 }, (_, i) => url(`${i}/${'ü'.repeat(2000)}`));
  await start({ urls: long });
  expect(queue.every((part) => Buffer.byteLength(JSON.stringify(part)) < 200_000)).toBe(true);
  expect(queue.flatMap(({ work }) => (work as PagesWork).urls)).toEqual(long);
});

test('a sitemap leads to its pages and, where it is an index, to other sitemaps; the manner goes with them', async () => {
  const { start, drain, works } = given((work) => {
    if (work.kind !== 'sitemap') return allStored(work);
    const nothing = storedResult(0);
    return work.nested
      ? { result: nothing, urls: urls(3) }
      : { result: nothing, sitemaps: [url('a.xml'), url('b.xml')] };
  });
  await start({ sitemaps: [url('index.xml')], variants: 'all', refresh: true, since: '2026-02-01' });
  const progress = await drain();
  expect(progress).toMatchObject({ state: 'done', pages: { stored: { count: 6 } }, parts: { planned: 5, done: 5 } });
  const manner = { variants: 'all', refresh: true };
  expect(works).toEqual([
    { ...manner, kind: 'sitemap', url: url('index.xml'), nested: false, from: 0, since: Date.UTC(2026, 1, 1) },
    { ...manner, kind: 'sitemap', url: url('a.xml'), nested: true, from: 0, since: Date.UTC(2026, 1, 1) },
    { ...manner, kind: 'sitemap', url: url('b.xml'), nested: true, from: 0, since: Date.UTC(2026, 1, 1) },
    { ...manner, kind: 'pages', urls: urls(3), from: 0, turn: 0 },
    { ...manner, kind: 'pages', urls: urls(3), from: 0, turn: 0 },
  ]);
});

test('a sitemap that is too long for one answer is read on, and its pages have parts of their own', async () => {
  const { start, drain } = given((work) => {
    if (work.kind !== 'sitemap') return allStored(work);
    return {
      result: storedResult(0),
      urls: [url(work.from), url(work.from + 1)],
      next: work.from < 8 ? work.from + 2 : undefined,
    };
  });
  await start({ sitemaps: [url('s.xml')] });
  expect(await drain()).toMatchObject({
    state: 'done',
    pages: { stored: { count: 10 } },
    parts: { planned: 6, done: 6 },
  });
});

test('what a part leaves is done by another one, ten times at most; then it counts as failed', async () => {
  const { start, drain, works } = given((work) =>
    work.kind === 'pages' ? { result: storedResult(1), next: work.from + 1 } : allStored(work),
  );
  await start({ urls: urls(30) });
  expect(await drain()).toMatchObject({
    state: 'done',
    pages: { stored: { count: 11 }, failed: { count: 19, reasons: { 'no-time': 19 } } },
  });
  expect(works.map((work) => (work as PagesWork).from)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a part that comes twice is done once, and its result counts once', async () => {
  const { start, queue, ports, works, warms } = given(allStored);
  await start({ urls: urls(3) });
  const [part] = queue as [WarmPart];
  await doPart(part, ports, false);
  await doPart(part, ports, false);
  expect([works.length, (await warms.read())?.pages.stored.count]).toEqual([1, 3]);
});

test('a sitemap that comes twice, because it was interrupted, plans no part twice', async () => {
  const { start, queue, ports, warms, drain } = given((work) =>
    work.kind === 'sitemap' ? { result: storedResult(0), urls: urls(3) } : allStored(work),
  );
  await start({ sitemaps: [url('s.xml')] });
  const [part] = queue as [WarmPart];
  const finish = warms.finish.bind(warms);
  warms.finish = () => Promise.reject(new Error('the table is gone'));
  await expect(doPart(part, ports, false)).rejects.toThrow('the table is gone');
  warms.finish = finish;
  expect((await warms.read())?.state).toBe('running');
  expect(await drain()).toMatchObject({
    state: 'done',
    parts: { planned: 2, done: 2 },
    pages: { stored: { count: 3 } },
  });
});

test('a part that fails is left for another try, until the last one, which counts its pages as failed', async () => {
  const { start, queue, ports, warms } = given(() => Promise.reject(new Error('the function is gone')));
  await start({ urls: urls(3) });
  const [part] = queue as [WarmPart];
  await expect(doPart(part, ports, false)).rejects.toThrow('the function is gone');
  expect((await warms.read())?.state).toBe('running');
  await expect(doPart(part, ports, true)).rejects.toThrow('the function is gone');
  expect(await warms.read()).toMatchObject({
    state: 'done',
    pages: {
      failed: { count: 3, reasons: { 'part-failed': 3 }, first: [{ url: url(0), detail: 'the function is gone' }] },
    },
  });
});

test('a part is planned before it is sent: a warm is never done too early', async () => {
  const { start, ports, warms } = given(allStored);
  const states: unknown[] = [];
  Object.assign(ports, { send: async () => states.push((await warms.read())?.state) });
  await start({ urls: urls(3) });
  expect(states).toEqual(['running']);
});

test('a warm without pages is done when its sitemaps are', async () => {
  const { start, drain } = given(() => ({ result: storedResult(0), urls: [] }));
  await start({ sitemaps: [url('s.xml')] });
  expect(await drain()).toMatchObject({ state: 'done', pages: { stored: { count: 0 } } });
});

test('a refresh ahead is one part, worth doing until the next one', async () => {
  const { start, queue } = given(allStored);
  await start({ refreshAhead: { before: 120, every: 60, atMost: 50 } });
  expect(queue).toEqual([
    { warm: 'w-1', part: '0', work: { kind: 'refresh-ahead', before: 120, atMost: 50, until: NOON + 60_000 } },
  ]);
});
