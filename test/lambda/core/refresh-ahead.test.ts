import { Pace } from '../../../lambda/core/pace';
import type { View } from '../../../lambda/core/fill-tools';
import { UsageUnknownError } from '../../../lambda/core/page-store';
import { refreshAhead } from '../../../lambda/core/refresh-ahead';
import type { WarmTools } from '../../../lambda/core/warm-render';
import { write } from '../../../lambda/core/write';
import { parseWriteRequest } from '../../../lambda/core/write-request';
import { countingView, makeWorld, textPage, type World } from './page-cache-world';

let world: World;
beforeEach(() => (world = makeWorld({}, ['one:11211', 'two:11211'])));

/** Pushes pages, each with a time to live. */
async function push(pages: Record<string, number>): Promise<void> {
  const list = Object.entries(pages).map(([path, ttl]) => ({ url: `https://example.com/${path}`, body: 'old', ttl }));
  await write(parseWriteRequest(world.config, { pages: list }), world);
}
const keyOf = (path: string) =>
  parseWriteRequest(world.config, { pages: [{ url: `https://example.com/${path}` }] })[0]?.request.key as string;
const visit = (...paths: string[]) => Promise.all(paths.map((path) => world.pages.get(keyOf(path))));
const body = async (path: string) => (await world.pages.get(keyOf(path)))?.toString().split('\r\n\r\n')[1];
const pass = (seconds: number) => void (world.clock.ms += seconds * 1000);

const run = (view: View, atMost = 100, changed: Partial<WarmTools> = {}) =>
  refreshAhead(
    { kind: 'refresh-ahead', before: 60, atMost, until: world.now() + 60_000 },
    {
      ...{ ...world, view, concurrency: 2, timeLeft: () => Infinity },
      ...{ pace: new Pace(1000, world.now, world.wait), ...changed },
    },
  );

test('pages that expire soon and were asked for are rendered anew, and no others', async () => {
  await push({ asked: 100, unasked: 100, long: 1000 });
  await visit('asked', 'long');
  pass(50);
  const view = countingView(textPage('new', [['Cache-Control', 'max-age=100']]));
  const { result } = await run(view);
  expect([result.stored.first, view.renderings]).toEqual([[{ url: 'https://example.com/asked' }], 1]);
  expect(await Promise.all(['asked', 'unasked', 'long'].map(body))).toEqual(['new', 'old', 'old']);
});

test('a page that was rendered anew has to be asked for again to be rendered another time', async () => {
  await push({ a: 100 });
  await visit('a');
  // Without a date: its life begins anew with each rendering.
  const view = countingView({ status: 200, headers: [['Cache-Control', 'max-age=100']], body: Buffer.from('new') });
  const renderings: number[] = [];
  for (const visited of [true, false, true]) {
    pass(50);
    await run(view);
    renderings.push(view.renderings);
    if (visited) await visit('a');
  }
  expect(renderings).toEqual([1, 2, 2]);
});

test('a page that is kept is asked about, and lives on where its origin says that it holds', async () => {
  world = makeWorld({ storage: { keptFor: 3600 } });
  const headers = { ETag: '"1"', 'Cache-Control': 'max-age=100' };
  const pages = [{ url: 'https://example.com/a', body: 'old', headers }];
  await write(parseWriteRequest(world.config, { pages }), world);
  await visit('a');
  pass(50);
  const view: View = (_, __, validators) =>
    Promise.resolve({ status: validators?.etag === '"1"' ? 304 : 500, headers: [], body: Buffer.of() });
  expect((await run(view)).result.stored.count).toBe(1);
  pass(99);
  expect(await body('a')).toBe('old');
});

test('looking for pages does not count as asking for them', async () => {
  await push({ a: 100 });
  pass(50);
  const view = countingView(textPage('new'));
  await run(view);
  await run(view);
  expect(view.renderings).toBe(0);
});

test('of too many pages those come first that were asked for last', async () => {
  const paths = Array.from({ length: 30 }, (_, i) => `p${i}`);
  await push(Object.fromEntries(paths.map((path) => [path, 100])));
  pass(45);
  for (const path of [...paths].sort()) {
    await visit(path);
    pass(1);
  }
  const { result } = await run(countingView(textPage('new')), 3);
  const last = [...paths].sort().slice(-3);
  expect(result.stored.first.map(({ url }) => url.split('/').pop()).sort()).toEqual(last);
});

test('a page that has expired, was purged or cannot be stored is not rendered, or left as it is', async () => {
  await push({ expired: 20, purged: 100, private: 100 });
  await visit('expired', 'purged', 'private');
  pass(50);
  await world.pages.remove([keyOf('purged')], world.pages.nodes);
  const view = countingView(textPage('new', [['Cache-Control', 'private']]));
  const { result } = await run(view);
  expect([view.renderings, result.refused.reasons]).toEqual([1, { private: 1 }]);
  expect(await Promise.all(['expired', 'purged', 'private'].map(body))).toEqual([undefined, undefined, 'old']);
});

test('a page that cannot be rendered is tried again, and stays', async () => {
  await push({ a: 200 });
  await visit('a');
  pass(150);
  const { result } = await run(() => Promise.reject(new Error('no route')));
  expect(result.failed).toMatchObject({ count: 1, reasons: { 'view-failed': 1 }, first: [{ detail: 'no route' }] });
  expect(await body('a')).toBe('old');
});

test('what comes too late is left to the next one, and there is no beginning without time', async () => {
  await push({ a: 100 });
  await visit('a');
  pass(50);
  const view = countingView(textPage('new'));
  const late = { kind: 'refresh-ahead', before: 60, atMost: 5, until: world.now() } as const;
  const tools = { ...world, view, concurrency: 2, pace: new Pace(1000, world.now, world.wait) };
  await refreshAhead(late, { ...tools, timeLeft: () => Infinity });
  const { result } = await run(view, 5, { timeLeft: () => 1000 });
  expect([view.renderings, result.failed.reasons]).toEqual([0, { 'no-time': 1 }]);
});

test('where nodes do not tell, nothing is rendered, and the reason is said once', async () => {
  await push({ a: 100, b: 100 });
  pass(50);
  world.pages.usage = () => Promise.reject(new UsageUnknownError('one:11211', new Error('ERROR')));
  const { result } = await run(countingView());
  expect(result.failed).toMatchObject({
    count: 1,
    first: [{ reason: 'usage-unknown', detail: expect.stringContaining("has no 'me' command") as string }],
  });
});
