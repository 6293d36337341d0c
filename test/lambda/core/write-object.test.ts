import * as fc from 'fast-check';
import type { View } from '../../../lambda/core/fill-tools';
import { ObjectGoneError } from '../../../lambda/core/object-gone';
import { decodePage } from '../../../lambda/core/page-format';
import { defaultPage } from '../../../lambda/core/warm-pages';
import { writeObject } from '../../../lambda/core/write-object';
import { scheduledIndex, scheduledStore, type Pause } from './interleavings/scheduled';
import { makeWorld, textPage, type World } from './page-cache-world';

const URL = 'https://example.com/a';
const page = (view: View) => ({ url: URL, view, terms: { ttl: 600 }, caller: 's3:pages' });
async function stored({ pages, config }: World): Promise<string | undefined> {
  const request = defaultPage(config, URL);
  const value = 'key' in request ? await pages.get(request.key) : undefined;
  return value && decodePage(value)?.body.toString();
}

test('a page is stored, and gone when its object is', async () => {
  const world = makeWorld();
  expect(
    await writeObject(
      page(() => Promise.resolve(textPage('x'))),
      world,
    ),
  ).toEqual({ url: URL, outcome: 'stored' });
  expect(await stored(world)).toBe('x');
  const gone = () => Promise.reject(new ObjectGoneError('a'));
  expect(await writeObject(page(gone), world)).toEqual({ url: URL, outcome: 'gone' });
  expect(await stored(world)).toBeUndefined();
});

test('an object that cannot be got, or a store that does not answer, fails, so that the event is sent again', async () => {
  const world = makeWorld();
  await writeObject(
    page(() => Promise.resolve(textPage('x'))),
    world,
  );
  await expect(
    writeObject(
      page(() => Promise.reject(new Error('slow down'))),
      world,
    ),
  ).rejects.toThrow('view-failed');
  expect(await stored(world)).toBe('x');
  world.pages.nodes.forEach((node) => world.pages.setReachable(node, false));
  await expect(
    writeObject(
      page(() => Promise.resolve(textPage('y'))),
      world,
    ),
  ).rejects.toThrow('store-unreachable');
});

test('a page of another host, or one that is never cached, is not written', async () => {
  const world = makeWorld({ hosts: ['www.example.com'] });
  const view = () => Promise.reject(new Error('nothing is got'));
  expect(await writeObject(page(view), world)).toEqual({ url: URL, outcome: 'foreign-host' });
});

test('in whatever order events come, and their steps run, the page at the end is the object at the end', async () => {
  const version = fc.oneof(
    { weight: 3, arbitrary: fc.nat(99).map(String) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(version, { minLength: 1, maxLength: 4 }), async (scheduler, versions) => {
      const world = makeWorld();
      const pause: Pause = (label) => scheduler.schedule(Promise.resolve(), label);
      const tools = {
        ...world,
        pages: scheduledStore(pause, world.pages),
        index: scheduledIndex(pause, world.index),
      };
      let object: string | undefined;
      const view: View = async () => {
        await pause('get sent');
        const now = object;
        await pause('get answered');
        if (now === undefined) throw new ObjectGoneError('a');
        return textPage(now);
      };
      // An event comes some time after its change, and not in their order.
      const events = versions.map(async (next) => {
        await pause('changed');
        object = next;
        await pause('event');
        await writeObject(page(view), tools);
      });
      await scheduler.waitFor(Promise.all(events));
      expect(await stored(world)).toBe(object);
    }),
    { numRuns: 400 },
  );
});
