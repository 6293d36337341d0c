import { setTimeout as wait } from 'node:timers/promises';
import { childrenOf } from '../page-caches/processor-time';
import { amount, mebibytes } from '../report';
import { askDistinctUrls, type Asked } from './distinct-urls';
import { type Growth, growthOf } from './growth';
import { liveHeapOf } from './live-heap';
import { clock, sampleLine } from './memory-report';
import type { MissedSite } from './missed-site';
import { residentMemoryOf } from './resident-memory';

/** When memory is looked at, in seconds. */
export interface WatchTimes {
  readonly seconds: number;
  readonly every: number;
  readonly warmUp: number;
}

/** What came of it. */
export interface MemoryWatch {
  /** Of nginx's processes and the writer, and of what the writer keeps. */
  readonly growths: ReadonlyMap<string, Growth>;
  readonly asked: Asked;
}

/**
 * Asks a site for distinct URLs as fast as it answers, and says again and again how much memory its processes have.
 *
 * @throws Error when a visitor gets no answer or a bad one, and when a process ends.
 */
export async function watchMemory(
  site: MissedSite,
  { seconds, every, warmUp }: WatchTimes,
  say: (line: string) => void,
): Promise<MemoryWatch> {
  const failed = new AbortController();
  const visitors = askDistinctUrls(site.url, (error) => failed.abort(error));
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const samples = new Map<string, number[]>();
  let keptWhenWarm: number | undefined;
  let bounded: readonly (readonly [string, number])[] = [];
  for (let sample = 1; sample * every <= seconds && !failed.signal.aborted; sample += 1) {
    await wait(every * 1000, undefined, { signal: failed.signal }).catch(() => undefined);
    if (bounded.length === 0) {
      bounded = await boundedProcesses(site);
      say(sampleLine(['time', 'requests', ...[...bounded, ...limitedProcesses(site)].map(([name]) => name)]));
    }
    const memory = [...bounded, ...limitedProcesses(site)].map(([, pid]) => residentMemoryOf(pid));
    say(sampleLine([clock(elapsed()), amount(visitors.asked().requests), ...memory.map(mebibytes)]));
    // Long before the end of the warm-up: it makes the resident memory smaller for a while.
    keptWhenWarm ??= await liveHeapOf(site.inspector);
    if (elapsed() < warmUp) continue;
    bounded.forEach(([name], i) => samples.set(name, [...(samples.get(name) ?? []), memory[i] ?? NaN]));
  }
  failed.signal.throwIfAborted();
  const kept = { warm: keptWhenWarm ?? NaN, end: await liveHeapOf(site.inspector) };
  await visitors.stop();
  const growths = [...samples].map(([name, taken]) => [name, growthOf(taken)] as const);
  return { growths: new Map([...growths, ['writer, kept', kept]]), asked: visitors.asked() };
}

/** What has to be flat. */
async function boundedProcesses({ nginx, writer }: MissedSite): Promise<(readonly [string, number])[]> {
  const workers = await childrenOf(nginx.pid, 'nginx: worker');
  return [['nginx', nginx.pid], ...workers.map((pid, i) => [`worker ${i + 1}`, pid] as const), ['writer', writer.pid]];
}

/** What fills up to a limit. */
function limitedProcesses({ memcached }: MissedSite): (readonly [string, number])[] {
  return memcached.map(({ pid }, i) => [`memcached ${i + 1}`, pid]);
}
