import fc from 'fast-check';
import { cachePage } from '../../../lambda/core/cache-page';
import type { PageRow } from '../../../lambda/core/page-index';
import { decodePage } from '../../../lambda/core/page-format';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import type { MemoryPageIndex } from '../../../lambda/stores/memory-page-index';
import type { MemoryPageStore } from '../../../lambda/stores/memory-page-store';
import { makeWorld, requestFor, textPage } from './page-cache-world';
import { type Pause, scheduledIndex, scheduledStore } from './scheduled';

interface Scene {
  readonly s: fc.Scheduler;
  readonly selection: { urls: string[] } | { everything: true };
  /** For each visitor who comes at any time, which of two writers it comes to. */
  readonly visitors: readonly (0 | 1)[];
  /** The same for those who come when the purge is acknowledged. */
  readonly lateVisitors: readonly (0 | 1)[];
  /** A step that the first to come to it takes only after the purge. */
  readonly stalled: string;
  /** Whether the content changes only when somebody came to that step: chance alone would seldom bring both about. */
  readonly aimed: boolean;
}

/** Takes a guard out of a pair of stores. */
type Breakage = (pages: MemoryPageStore, index: MemoryPageIndex, pause: Pause) => void;

const STEPS = ['startFill', 'take', 'addRows', 'purgedSince', 'publish'].flatMap((call) => [
  `${call} sent`,
  `${call} answered`,
]);

const scenes = fc.record<Scene>({
  s: fc.scheduler(),
  selection: fc.constantFrom(
    { urls: ['https://example.com/list'] },
    { urls: ['https://example.com/list?page=2'] },
    { everything: true as const },
  ),
  visitors: fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 3 }),
  lateVisitors: fc.array(fc.constantFrom(0, 1), { maxLength: 2 }),
  stalled: fc.constantFrom('none', 'rendered', ...STEPS),
  aimed: fc.boolean(),
});

/**
 * Visitors come to a site of two writers whose content changes once, followed by a purge.
 *
 * @returns what visitors who came after the purge was acknowledged got, and what lies in the store in the end.
 */
async function play(scene: Scene, breakGuard?: Breakage): Promise<string[]> {
  const { s, selection, visitors, lateVisitors, stalled, aimed } = scene;
  const world = makeWorld({ limits: { fillDeadline: 1 } });
  let content = 'old';
  let acknowledged = false;
  const [stall, purged] = [signal(), signal()];
  const pause: Pause = async (label) => {
    if (label === stalled && !stall.given) {
      stall.give();
      await purged.promise;
    }
    await s.schedule(Promise.resolve(), label);
  };
  breakGuard?.(world.pages, world.index, pause);
  const far = { pages: scheduledStore(pause, world.pages), index: scheduledIndex(pause, world.index) };
  const request = requestFor(world.config);
  const wait = (_: number, signal?: AbortSignal) =>
    signal === undefined ? pause('poll').then(() => {}) : new Promise<void>(() => {});
  const view = async () => {
    const rendered = content;
    await pause('rendered');
    return textPage(rendered);
  };
  const writers = [0, 1].map(() => cachePage(view, { ...world, ...far, wait }));
  const visit = async (writer: 0 | 1): Promise<string[]> => {
    await pause('visitor comes');
    const late = acknowledged;
    const found = decodePage((await far.pages.get(request.key)) ?? Buffer.alloc(0));
    const answer = found ? undefined : await writers[writer]?.(request);
    const page = answer?.kind === 'page' ? answer.response : found;
    return late && page !== undefined ? [page.body.toString()] : [];
  };
  const change = async (visitsEnd: Promise<unknown>) => {
    await (aimed ? Promise.race([stall.promise, visitsEnd]) : undefined);
    await pause('content changes');
    content = 'new';
    await purge(parsePurgeRequest(world.config, selection), { ...world, ...far, newId: () => 'purge' });
    acknowledged = true;
    purged.give();
  };
  const visits = Promise.all(visitors.map(visit));
  const lateVisits = purged.promise.then(() => Promise.all(lateVisitors.map(visit)));
  const seen = Promise.all([visits, lateVisits]);
  await s.waitFor(Promise.all([seen, change(visits)]));
  const left = decodePage((await world.pages.get(request.key)) ?? Buffer.alloc(0));
  return [...(await seen).flat(2), ...(left ? [left.body.toString()] : [])];
}

function signal() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  const made = { promise, given: false, give: () => ((made.given = true), resolve()) };
  return made;
}

const keepsThePromise = (breakGuard?: Breakage) =>
  fc.asyncProperty(scenes, async (scene) => expect(await play(scene, breakGuard)).not.toContain('old'));

test('after a purge is acknowledged, no rendering that began before it is served from the store or shared', async () => {
  await fc.assert(keepsThePromise(), { numRuns: 2000 });
});

const breakages: Record<string, Breakage> = {
  'the journal check': (_, index) => {
    index.purgedSince = () => Promise.resolve(false);
  },
  'the compare-and-set': (pages) => {
    const publish = pages.publish.bind(pages);
    pages.publish = async (token, ...page) => publish((await pages.take(token.key, 1)).token, ...page);
  },
  'rows before the page': (pages, index, pause) => {
    const rows: PageRow[] = [];
    const [publish, addRows] = [pages.publish.bind(pages), index.addRows.bind(index)];
    index.addRows = (row) => Promise.resolve(void rows.push(row));
    pages.publish = async (...page) => {
      const published = await publish(...page);
      await pause('rows');
      await Promise.all(rows.splice(0).map(addRows));
      return published;
    };
  },
};

test.each(Object.entries(breakages))('without %s, a schedule breaks the promise', async (_, breakGuard) => {
  const { failed } = await fc.check(keepsThePromise(breakGuard), { numRuns: 3000, endOnFailure: true });
  expect(failed).toBe(true);
});
