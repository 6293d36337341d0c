import { setTimeout as wait } from 'node:timers/promises';
import type { WarmProgress } from '../../lambda/core/warm-log';
import { ask } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ warming: { requestsPerSecond: 1000, concurrency: 4 } });
});
afterAll(() => site?.stop());

async function refreshAhead(before: number): Promise<WarmProgress> {
  const request = { refreshAhead: { before, every: 60, atMost: 10 } };
  const { warm } = (await site.functions.warm.invoke(request)) as { warm: string };
  for (;;) {
    const progress = (await site.functions.warm.invoke({ warm })) as WarmProgress;
    if (progress.state === 'done') return progress;
    await wait(50);
  }
}
const rendered = () => site.origin.received.map(({ target }) => target);

test('pages that visitors ask for are rendered anew before they expire; others, and pages that live on, are not', async () => {
  for (const path of ['/asked', '/unasked']) site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=300' }));
  site.origin.on('/long', freshPage({ 'Cache-Control': 'max-age=3600' }));
  for (const path of ['/asked', '/unasked', '/long']) await ask(site.address, path);
  for (const path of ['/asked', '/long']) await ask(site.address, path);
  const before = await ask(site.address, '/asked');
  site.origin.received.length = 0;

  expect((await refreshAhead(60)).pages.stored.count).toBe(0);
  const { pages } = await refreshAhead(600);

  expect(pages.stored).toMatchObject({ count: 1, first: [{ url: 'http://www.example.com/asked' }] });
  expect(rendered()).toEqual(['/asked']);
  // Nobody has asked since: looking for pages is no asking.
  expect((await refreshAhead(600)).pages.stored.count).toBe(0);
  const after = await ask(site.address, '/asked');
  expect(after.body).not.toBe(before.body);
  expect(rendered()).toEqual(['/asked']);
});
