import fc from 'fast-check';
import { keptKey } from '../../../../lib/site/kept-key';
import type { NodeResult } from '../../../../lambda/core/page-store';
import type { World } from '../page-cache-world';
import type { Breakage } from './play';
import type { Scene } from './scene';
import { isKept, type Pause } from './scheduled';

/** Scenes of a copy whose page has expired, in which nothing else goes wrong than what a guard is against. */
export const calm = {
  trouble: fc.constant('none' as const),
  crash: fc.constant(undefined),
  mode: fc.constant('delete' as const),
  earlierPurge: fc.constant(false),
  cue: fc.constant(undefined),
  kept: fc.constant('a copy' as const),
  renderings: fc.constant<Scene['renderings']>(['none', 'none', 'none']),
  onlyKept: fc.constant(false),
  whileRevalidated: fc.constant(false),
};
/** What only goes on after the purge. */
export const stalledAt = (...steps: string[]) => ({ stalled: fc.constantFrom(...steps), aimed: fc.constant(true) });

export function readCopiesFirst(...[{ pages }, pause]: Parameters<Breakage>): void {
  const seen = new Map<string, Buffer | undefined>();
  const take = pages.take.bind(pages);
  pages.take = async (key, lease) => {
    if (!isKept(key)) {
      const kept = keptKey(key) ?? '';
      seen.set(kept, await pages.get(kept));
      await pause('between the copy and the page');
      return take(key, lease);
    }
    const { token } = await take(key, lease);
    const value = seen.get(key);
    return value === undefined ? { state: 'taken', token } : { state: 'page', token, value };
  };
}

export function leaveCopies({ pages }: World): void {
  const remove = pages.remove.bind(pages);
  pages.remove = (keys, nodes) => (keys.some(isKept) ? Promise.resolve(untouched(nodes)) : remove(keys, nodes));
}

export function removeCopiesLast(...[{ pages }, pause]: Parameters<Breakage>): void {
  const remove = pages.remove.bind(pages);
  let left: Parameters<typeof remove> | undefined;
  pages.remove = async (keys, nodes) => {
    if (keys.some(isKept)) {
      left = [keys, nodes];
      return untouched(nodes);
    }
    const results = await remove(keys, nodes);
    await slowly(pause);
    await (left === undefined ? undefined : remove(...left));
    return results;
  };
}

/** Takes long enough for a visitor to come in between. */
export async function slowly(pause: Pause): Promise<void> {
  for (let steps = 0; steps < 12; steps += 1) await pause('slow');
}

function untouched(nodes: readonly string[]): NodeResult[] {
  return nodes.map((node) => ({ node, removed: 0 }));
}

export function publishCopiesAnyway({ pages }: World): void {
  const publish = pages.publish.bind(pages);
  pages.publish = async (token, value, expiresAt) => {
    if (!isKept(token.key)) return publish(token, value, expiresAt);
    await pages.remove([token.key], [token.node]);
    return publish((await pages.take(token.key, 1)).token, value, expiresAt);
  };
}
