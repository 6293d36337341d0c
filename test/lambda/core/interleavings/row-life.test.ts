import { keptKey } from '../../../../lib/site/kept-key';
import { fill } from '../../../../lambda/core/fill';
import { purge } from '../../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../../lambda/core/purge-request';
import { MemoryPageIndex } from '../../../../lambda/stores/memory-page-index';
import { makeWorld, requestFor, textPage, type World } from '../page-cache-world';

/**
 * Two writers render a page; the one whose page would have lived shorter is the last to write the rows, and then is not
 * the one that publishes. Later the page is purged by its tag.
 *
 * @returns whether the page is still there.
 */
async function survivesPurge(world: World): Promise<boolean> {
  const request = requestFor(world.config);
  const page = (text: string, age: number) =>
    textPage(text, [
      ['Cache-Tag', 'news'],
      ['Cache-Control', `max-age=${age}`],
    ]);
  let rendered = (): void => undefined;
  const short = new Promise<void>((resolve) => (rendered = resolve));
  const addRows = world.index.addRows.bind(world.index);
  const fillShort = () =>
    fill(world, () => (rendered(), Promise.resolve(page('short', 5))), request, { over: 'anything' });
  world.index.addRows = async (row) => {
    await addRows(row);
    world.index.addRows = addRows;
    // Between the rows and the publication of the long-lived page, up to its own publication, which a stop prevents.
    const publish = world.pages.publish.bind(world.pages);
    world.pages.publish = () => Promise.resolve(false);
    await Promise.all([short, fillShort()]);
    world.pages.publish = publish;
  };
  await fill(world, () => Promise.resolve(page('long', 3600)), request);
  world.clock.ms += 60_000;
  await purge(parsePurgeRequest(world.config, { tags: ['news'] }), world);
  return (await world.pages.get(request.key)) !== undefined;
}

test('rows live as long as the longest page: a shorter-lived rendering takes none of it away', async () => {
  expect(await survivesPurge(makeWorld())).toBe(false);
});

test('rows live as long as kept copies: what is only kept is purged', async () => {
  const world = makeWorld({ storage: { keptFor: 3600 } });
  const request = requestFor(world.config);
  const page = textPage('page', [
    ['Cache-Tag', 'news'],
    ['Cache-Control', `max-age=${world.config.storage.maxTtl}`],
  ]);
  await fill(world, () => Promise.resolve(page), request);
  world.clock.ms += (world.config.storage.maxTtl + 3599) * 1000;
  expect(await world.pages.get(keptKey(request.key) ?? '')).toBeDefined();
  await purge(parsePurgeRequest(world.config, { tags: ['news'] }), world);
  expect(await world.pages.get(keptKey(request.key) ?? '')).toBeUndefined();
});

test('rows that live as long as their own page let a purge miss a page', async () => {
  const world = makeWorld();
  const index = new MemoryPageIndex(() => world.clock.ms, 0);
  const addRows = index.addRows.bind(index);
  index.addRows = (page) => {
    Object.assign(index, { rowLife: page.storedUntil - world.clock.ms / 1000 });
    return addRows(page);
  };
  expect(await survivesPurge({ ...world, index })).toBe(true);
});
