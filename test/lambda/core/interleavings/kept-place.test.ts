import { keptKey } from '../../../../lib/site/kept-key';
import { cachePage } from '../../../../lambda/core/cache-page';
import { decodePage } from '../../../../lambda/core/page-format';
import type { PublishToken } from '../../../../lambda/core/page-store';
import { purge } from '../../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../../lambda/core/purge-request';
import { Ring } from '../../../../lambda/stores/ring';
import { countingView, makeWorld, requestFor, textPage, type World } from '../page-cache-world';

const [ONE, THREE] = ['one:11211', 'three:11211'];
const ring = new Ring([ONE, THREE]);

/**
 * While a purge runs that has read the registry, the ring of a writer gets a new node, and a page's share of the keys moves
 * there, but not the kept copy's by its own name. The writer's origin fails.
 *
 * @returns the page that is on the new node when the purge is acknowledged and the writer is done.
 */
async function pageOnNewNode(breakGuard: (world: World) => void = () => undefined): Promise<string | undefined> {
  const world = makeWorld({ storage: { keptFor: 3600, staleIfError: 3600 } }, [ONE]);
  const paths = Array.from({ length: 1000 }, (_, i) => `/${i}`);
  const request = paths
    .map((path) => requestFor(world.config, path))
    .find(({ key }) => ring.nodeOf(key) === THREE && ring.nodeOf(keptKey(key) as string) === ONE);
  if (request === undefined) throw new Error('no page moves without its copy');
  await cachePage(countingView(textPage('old')), world)(request);
  world.clock.ms += 60_000;
  breakGuard(world);

  let filling: Promise<unknown> = Promise.resolve();
  let acknowledge = () => undefined as void;
  const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
  const [nodes, publish] = [world.index.nodes.bind(world.index), world.pages.publish.bind(world.pages)];
  world.index.nodes = async () => {
    const registry = await nodes();
    world.pages.setNodes([ONE, THREE]);
    await new Promise<void>((resolve) => {
      world.pages.publish = async (...args) => {
        resolve();
        await acknowledged;
        return publish(...args);
      };
      filling = cachePage(() => Promise.reject(new Error('no origin')), world)(request).then(() => resolve());
    });
    return registry;
  };
  const asItWas = Object.create(world.pages, { nodes: { value: [ONE] } }) as World['pages'];
  await purge(parsePurgeRequest(world.config, { everything: true }), { ...world, pages: asItWas });
  acknowledge();
  await filling;
  return decodePage((await world.pages.get(request.key)) ?? Buffer.alloc(0))?.body.toString();
}

/** Lets copies lie where their own names put them, and pass for neighbours of their pages. */
function placeCopiesApart({ pages }: World): void {
  const real = new Map<PublishToken, PublishToken>();
  pages.nodeOf = (key) => new Ring(pages.nodes).nodeOf(key);
  const [take, read] = [pages.take.bind(pages), pages.read.bind(pages)];
  pages.take = async (key, lease) => {
    const taken = await take(key, lease);
    const token = { ...taken.token, node: new Ring(pages.nodes).nodeOf(key.replace(':kept', '')) };
    real.set(token, taken.token);
    return { ...taken, token };
  };
  pages.read = (token) => read(real.get(token) as PublishToken);
}

test('a copy lies on its page’s node, so that a purge that reaches the copy reaches the page', async () => {
  expect(await pageOnNewNode()).toBeUndefined();
});

test('a copy on another node than its page brings a purged page back', async () => {
  expect(await pageOnNewNode(placeCopiesApart)).toBe('old');
});
