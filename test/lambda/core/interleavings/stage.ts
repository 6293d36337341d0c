import { keptKey } from '../../../../lib/site/kept-key';
import type { SiteConfig } from '../../../../lib/site/site-config';
import { usableNodes } from '../../../../lambda/adapters/cluster';
import { fill } from '../../../../lambda/core/fill';
import { decodeKept } from '../../../../lambda/core/kept-copy';
import { decodePage } from '../../../../lambda/core/page-format';
import type { PageResponse } from '../../../../lambda/core/page';
import { makeWorld, requestFor, textPage, type World } from '../page-cache-world';
import type { Scene } from './scene';

export const RING = ['one:11211', 'two:11211'];
export const OTHER_RING = ['three:11211'];

/** A page whose tags follow its content, and whose entity tag does not. */
export function pageOf(content: string, { storage }: Pick<SiteConfig, 'storage'>): PageResponse {
  return textPage(content, [
    ['Cache-Tag', content === 'old' ? 'always, of-old' : 'always'],
    ['ETag', '"1"'],
    ...(storage.keepNoCache ? [['Cache-Control', 'no-cache'] as const] : []),
  ]);
}

/** The world in which a scene begins. */
export async function worldOf({ kept, onlyKept, whileRevalidated }: Scene): Promise<World> {
  const staleWhileRevalidate = whileRevalidated ? 3600 : 0;
  const copies = { keptFor: 3600, staleIfError: 3600, staleWhileRevalidate, keepNoCache: onlyKept };
  const world = makeWorld({ limits: { fillDeadline: 1 }, storage: kept === 'no' ? {} : copies }, RING);
  if (kept === 'a page and its copy' || kept === 'a copy') {
    const old = pageOf('old', world.config);
    await fill(world, () => Promise.resolve(old), requestFor(world.config), { validate: true });
  }
  if (kept === 'a copy') world.clock.ms += 60_000;
  return world;
}

/** What lies under a page key and its kept key on any node that may be on the ring at some time. */
export async function leftOnNodes(world: World, key: string): Promise<string[]> {
  const left: string[] = [];
  for (const node of await usableNodes([...RING, ...OTHER_RING], world)) {
    world.pages.setNodes([node]);
    const page = decodePage((await world.pages.get(key)) ?? Buffer.alloc(0));
    const copy = decodeKept((await world.pages.get(keptKey(key) ?? key)) ?? Buffer.alloc(0));
    left.push(...[page, copy?.page].flatMap((found) => (found ? [found.body.toString()] : [])));
  }
  return left;
}
