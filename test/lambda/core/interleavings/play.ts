import { usableNodes } from '../../../../lambda/adapters/cluster';
import { cachePage } from '../../../../lambda/core/cache-page';
import type { View } from '../../../../lambda/core/fill-tools';
import { decodePage } from '../../../../lambda/core/page-format';
import { purge } from '../../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../../lambda/core/purge-request';
import { PurgeIncompleteError } from '../../../../lambda/core/receipt';
import { makeWorld, requestFor, textPage, type World } from '../page-cache-world';
import type { Scene, Writer } from './scene';
import { type Pause, scheduledIndex, scheduledStore } from './scheduled';

/** Takes a guard out of a world. */
export type Breakage = (world: World, pause: Pause) => void;

const RING = ['one:11211', 'two:11211'];
const OTHER_RING = ['three:11211'];

/**
 * Plays a scene.
 *
 * @returns what visitors who came after the purge was acknowledged got, and what any node holds in the end.
 */
export async function play(scene: Scene, breakGuard?: Breakage): Promise<string[]> {
  const { s, visitors, lateVisitors, stalled, aimed, crash } = scene;
  const world = makeWorld({ limits: { fillDeadline: 1 } }, RING);
  const request = requestFor(world.config);
  const [stall, purged, crashed] = [signal(), signal(), signal()];
  const pauseOf =
    (actor: string): Pause =>
    async (label) => {
      if (label === stalled && actor !== 'purge' && !stall.given) {
        stall.give();
        await purged.promise;
      }
      await s.schedule(Promise.resolve(), label);
      if (crash?.who === actor && crash.after === label && !crashed.given) {
        crashed.give();
        await new Promise(() => undefined);
      }
    };
  breakGuard?.(world, pauseOf('breakage'));
  const far = (actor: string) => ({
    pages: scheduledStore(pauseOf(actor), world.pages),
    index: scheduledIndex(pauseOf(actor), world.index),
  });
  const waitOf = (actor: string) => (_: number, abort?: AbortSignal) =>
    abort === undefined ? pauseOf(actor)('poll').then(() => {}) : new Promise<void>(() => {});

  let content = 'old';
  let acknowledged = false;
  const viewOf =
    (actor: string): View =>
    async () => {
      const rendered = content;
      await pauseOf(actor)('rendered');
      return textPage(rendered, [['Cache-Tag', rendered === 'old' ? 'always, of-old' : 'always']]);
    };
  const toolsOf = (actor: string) => ({ ...world, ...far(actor), wait: waitOf(actor), view: viewOf(actor) });
  const actors = ['other writer', 'writer'] as const;
  const writers = actors.map((actor) => cachePage(viewOf(actor), toolsOf(actor)));

  const visit = async (writer: Writer): Promise<string[]> => {
    await pauseOf('visitor')('visitor comes');
    const late = acknowledged;
    const found = decodePage(
      (await far('visitor')
        .pages.get(request.key)
        .catch(() => undefined)) ?? Buffer.alloc(0),
    );
    // Whoever asks a writer that crashes gets no answer of it.
    const asked = Promise.race([
      writers[writer]?.(request),
      ...(writer === 1 && crash?.who === 'writer' ? [crashed.promise] : []),
    ]);
    const answer = found ? undefined : await asked;
    const page = answer?.kind === 'page' ? answer.response : found;
    return late && page !== undefined ? [page.body.toString()] : [];
  };
  const visits = Promise.all(visitors.map(visit));
  const change = async () => {
    await (aimed ? Promise.race([stall.promise, visits]) : undefined);
    await pauseOf('owner')('content changes');
    content = 'new';
    const end = trouble(scene, world, request.key);
    await purgeSurely(scene, world, () => toolsOf('purge'), crashed, end.afterFailure);
    await end.afterSuccess();
    acknowledged = true;
    purged.give();
  };
  const earlier = scene.earlierPurge
    ? purge(parsePurgeRequest(world.config, { everything: true }), toolsOf('earlier purge'))
    : undefined;
  const lateVisits = purged.promise.then(() => Promise.all(lateVisitors.map(visit)));
  const seen = Promise.all([visits, lateVisits]);
  await s.waitFor(Promise.all([seen, change(), earlier?.catch(() => undefined)]));
  // What crashed or was given up may still be on its way to the store.
  await s.waitIdle();
  return [...(await seen).flat(2), ...(await leftOnNodes(world, request.key))];
}

/** Repeats a purge until it is acknowledged, as whoever calls it does. */
async function purgeSurely(
  { selection, mode, crash }: Scene,
  world: World,
  tools: () => Parameters<typeof purge>[1],
  crashed: Signal,
  afterFailure: () => void,
): Promise<void> {
  for (;;) {
    const nodeExists = (node: string) =>
      Promise.resolve(world.pages.isReachable(node) || world.pages.nodes.includes(node));
    const crashesNow = crash?.who !== 'purge' || crashed.given ? [] : [crashed.promise.then(() => 'crashed' as const)];
    const purging = purge(parsePurgeRequest(world.config, { ...selection, mode }), { ...tools(), nodeExists });
    try {
      if ((await Promise.race([purging, ...crashesNow])) !== 'crashed') return;
    } catch (error) {
      if (!(error instanceof PurgeIncompleteError)) throw error;
      afterFailure();
    }
  }
}

interface TroubleEnd {
  readonly afterFailure: () => void;
  readonly afterSuccess: () => void | Promise<void>;
}

/** Lets something happen to the nodes, and says what puts an end to it. */
function trouble({ trouble: what }: Scene, world: World, key: string): TroubleEnd {
  const { pages } = world;
  const node = pages.nodeOf(key);
  const none = () => undefined as void;
  switch (what) {
    case 'none':
      return { afterFailure: none, afterSuccess: none };
    case 'dropped': {
      pages.setReachable(node, false);
      const back = () => pages.setReachable(node, true);
      return { afterFailure: back, afterSuccess: back };
    }
    case 'restarted':
      pages.restart(node);
      return { afterFailure: none, afterSuccess: none };
    case 'moved':
      pages.setNodes(OTHER_RING);
      return { afterFailure: none, afterSuccess: () => pages.setNodes(RING) };
    case 'removed': {
      pages.setNodes(OTHER_RING);
      RING.forEach((name) => pages.setReachable(name, false));
      const back = async () => {
        RING.forEach((name) => pages.setReachable(name, true));
        pages.setNodes(await usableNodes(RING, world));
      };
      return { afterFailure: none, afterSuccess: back };
    }
  }
}

/** What lies under a key on any node that may be on the ring at some time. */
async function leftOnNodes(world: World, key: string): Promise<string[]> {
  const left: string[] = [];
  for (const node of await usableNodes([...RING, ...OTHER_RING], world)) {
    world.pages.setNodes([node]);
    const page = decodePage((await world.pages.get(key)) ?? Buffer.alloc(0));
    if (page) left.push(page.body.toString());
  }
  return left;
}

interface Signal {
  readonly promise: Promise<void>;
  readonly given: boolean;
  give(): void;
}

function signal(): Signal {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  const made = { promise, given: false, give: () => ((made.given = true), resolve()) };
  return made;
}
