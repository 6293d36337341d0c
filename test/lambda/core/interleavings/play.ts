import type { CanonicalRequest } from '../../../../lib/site/canonical-request';
import { cachePage } from '../../../../lambda/core/cache-page';
import type { View } from '../../../../lambda/core/fill-tools';
import { decodePage } from '../../../../lambda/core/page-format';
import { purge } from '../../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../../lambda/core/purge-request';
import { PurgeIncompleteError } from '../../../../lambda/core/receipt';
import { requestFor, textPage, type World } from '../page-cache-world';
import type { Scene, Writer } from './scene';
import { type Pause, scheduledIndex, scheduledStore } from './scheduled';
import { type Signal, signal } from './signal';
import { leftOnNodes, pageOf, worldOf } from './stage';
import { trouble } from './trouble';

/** Takes a guard out of a world. */
export type Breakage = (world: World, pause: Pause) => void;

/**
 * Plays a scene.
 *
 * @returns what visitors got who came after the purge was acknowledged, or whose rendering failed after it, and what any
 * node holds in the end.
 */
export async function play(scene: Scene, breakGuard?: Breakage): Promise<string[]> {
  const { s, visitors, lateVisitors, stalled, aimed, crash, cue } = scene;
  const world = await worldOf(scene);
  const request = requestFor(world.config);
  const [stall, purged, crashed, cued] = [signal(), signal(), signal(), signal()];
  const pauseOf =
    (actor: string): Pause =>
    async (label) => {
      if (label === stalled && actor !== 'purge' && !stall.given) {
        stall.give();
        await purged.promise;
      }
      await s.schedule(Promise.resolve(), label);
      if (label === cue) cued.give();
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
  const renderings = [...scene.renderings];
  const failedLate = new Set<CanonicalRequest>();
  const viewOf =
    (actor: string): View =>
    async (asked, _, validators) => {
      const rendered = content;
      const rendering = renderings.shift() ?? 'whole';
      await pauseOf(actor)('rendered');
      const isNew = rendering === 'not modified' && validators === undefined;
      if (rendering === 'whole' || isNew) return pageOf(rendered, world.config);
      if (acknowledged) failedLate.add(asked);
      if (rendering === 'not modified') return { status: 304, headers: [], body: Buffer.of() };
      if (rendering === 'none') throw new Error('the origin is down');
      return textPage('error', [], 503);
    };
  const background = (filling: Promise<unknown>) => void filling.catch(() => undefined);
  const toolsOf = (actor: string) => ({
    ...{ ...world, ...far(actor), background },
    ...{ wait: waitOf(actor), view: viewOf(actor) },
  });
  const actors = ['other writer', 'writer'] as const;
  const writers = actors.map((actor) => cachePage(viewOf(actor), toolsOf(actor)));

  const visit = async (writer: Writer): Promise<string[]> => {
    await pauseOf('visitor')('visitor comes');
    const late = acknowledged;
    const asking = { ...request };
    const found = decodePage(
      (await far('visitor')
        .pages.get(request.key)
        .catch(() => undefined)) ?? Buffer.alloc(0),
    );
    // Whoever asks a writer that crashes gets no answer of it.
    const asked = Promise.race([
      writers[writer]?.(asking),
      ...(writer === 1 && crash?.who === 'writer' ? [crashed.promise] : []),
    ]);
    const answer = found ? undefined : await asked;
    const page = answer?.kind === 'page' ? answer.response : found;
    return (late || failedLate.has(asking)) && page !== undefined ? [page.body.toString()] : [];
  };
  const onCue = cue === undefined || aimed ? Promise.resolve() : Promise.race([cued.promise, purged.promise]);
  const visits = Promise.all(visitors.map((writer) => onCue.then(() => visit(writer))));
  const change = async () => {
    await (aimed ? Promise.race([stall.promise, visits]) : undefined);
    await pauseOf('owner')('content changes');
    content = 'new';
    const end = trouble(scene, world, request.key, () => onCue.then(() => pauseOf('trouble')('evicted')));
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
