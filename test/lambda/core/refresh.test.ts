import { pageKey } from '../../../lib/site/page-key';
import { cachePage } from '../../../lambda/core/cache-page';
import type { View } from '../../../lambda/core/fill-tools';
import { decodePage } from '../../../lambda/core/page-format';
import { purge, type PurgeTools } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { PurgeIncompleteError } from '../../../lambda/core/receipt';
import { countingView, makeWorld, requestFor, textPage, type World } from './page-cache-world';

let world: World;
beforeEach(() => (world = makeWorld({}, ['one:11211', 'two:11211'])));

const pages = (count: number) => Array.from({ length: count }, (_, i) => requestFor(world.config, `/p/${i}`, ''));
const store = (requests: readonly { key: string }[], text = 'old') =>
  Promise.all(
    (requests as ReturnType<typeof pages>).map((each) => cachePage(countingView(textPage(text)), world)(each)),
  );
const texts = (requests: readonly { key: string }[]) =>
  Promise.all(
    requests.map(async ({ key }) => {
      const value = await world.pages.get(key);
      return value && decodePage(value)?.body.toString();
    }),
  );
const refresh = (view: View, tools: Partial<PurgeTools> = {}, input: object = { everything: true }) =>
  purge(parsePurgeRequest(world.config, { ...input, mode: 'refresh' }), { ...world, view, ...tools });

test('pages are rendered again and published over the old ones, which are there until then', async () => {
  const stored = pages(10);
  await store(stored);
  const view: View = async ({ key }) => {
    expect(await texts([{ key }])).toEqual(['old']);
    return textPage('new');
  };
  expect(await refresh(view)).toMatchObject({
    purged: true,
    mode: 'refresh',
    pages: { found: 10, refreshed: 10, removed: 0 },
  });
  expect(new Set(await texts(stored))).toEqual(new Set(['new']));
});

test('the new rendering has the scheme, host, query and variants of the old one', async () => {
  const variants = [{ name: 'lang', source: 'cookie' as const, field: 'lang', values: ['en', 'de'] }];
  world = makeWorld({ key: { variants } });
  const parts = { scheme: 'http', host: 'example.com', path: '/a', query: 'x=1', variants: { lang: 'de' } } as const;
  const key = pageKey(world.config, parts);
  await cachePage(countingView(), world)({ ...parts, key });
  const seen: unknown[] = [];
  await refresh((request) => {
    seen.push(request);
    return Promise.resolve(textPage('new'));
  });
  expect(seen).toMatchObject([{ ...parts, key }]);
});

test('no more pages are rendered at once than the site allows', async () => {
  world = makeWorld({ purging: { refreshConcurrency: 3 } });
  await store(pages(20));
  let [running, most] = [0, 0];
  await refresh(async () => {
    most = Math.max(most, (running += 1));
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
    running -= 1;
    return textPage('new');
  });
  expect(most).toBe(3);
});

test.each<[string, View]>([
  ['cannot be stored any more', () => Promise.resolve(textPage('new', [['Set-Cookie', 'a=1']]))],
  ['is gone', () => Promise.resolve(textPage('gone', [], 404))],
  ['is an error', () => Promise.resolve(textPage('broken', [], 500))],
  ['cannot be rendered', () => Promise.reject(new Error('no origin'))],
])('a page that %s is removed', async (_, view) => {
  const stored = pages(2);
  await store(stored);
  expect(await refresh(view)).toMatchObject({ purged: true, pages: { found: 2, refreshed: 0, removed: 2 } });
  expect(await texts(stored)).toEqual([undefined, undefined]);
});

test('what has expired, or is of another key spec, is not rendered again', async () => {
  const [kept] = pages(1);
  await store(pages(1));
  await world.index.addRows({ ...requestFor(world.config, '/older'), key: 'test:0.0:0', tags: [], storedUntil: 9e9 });
  await world.index.addRows({ ...requestFor(world.config, '/gone'), tags: [], storedUntil: 1 });
  const view = countingView(textPage('new'));
  await refresh(view);
  expect(view.renderings).toBe(1);
  expect(await texts([kept as never])).toEqual(['new']);
});

test('a page that is not there any more is not rendered, nor one that is being rendered', async () => {
  const [gone, rendering] = pages(2);
  await store(pages(2));
  await world.pages.remove([gone?.key ?? '', rendering?.key ?? ''], world.pages.nodes);
  const { token } = await world.pages.take(rendering?.key ?? '', 30);
  const view = countingView(textPage('new'));
  await refresh(view);
  expect(view.renderings).toBe(0);
  expect(await world.pages.get(gone?.key ?? '')).toBeUndefined();
  expect(await world.pages.publish(token, Buffer.from('x'), 9e9)).toBe(false);
});

test('on a node that the page was on before the ring changed it is removed', async () => {
  const stored = pages(20);
  await store(stored);
  world.pages.setNodes(['three:11211']);
  await store(stored);
  expect(await refresh(countingView(textPage('new')))).toMatchObject({ pages: { refreshed: 20, removed: 20 } });
  world.pages.setNodes(['one:11211', 'two:11211']);
  expect(new Set(await texts(stored))).toEqual(new Set([undefined]));
});

test('a page that two selectors select is rendered once, and its exact key is not removed afterwards', async () => {
  const stored = pages(1);
  await store(stored);
  const view = countingView(textPage('new'));
  await refresh(view, {}, { urls: ['https://example.com/p/0'], prefixes: ['https://example.com/p'] });
  expect([view.renderings, await texts(stored)]).toEqual([1, ['new']]);
});

test('what there is no time to render is removed', async () => {
  const stored = pages(8);
  await store(stored);
  let left = 62_000;
  const view = countingView(textPage('new'));
  const receipt = await refresh(view, { timeLeft: () => (left -= 500) });
  expect(receipt.pages.refreshed).toBe(view.renderings);
  expect(view.renderings).toBeGreaterThan(0);
  expect(receipt.pages.refreshed + receipt.pages.removed).toBe(8);
  expect(receipt.pages.removed).toBeGreaterThan(0);
});

test('while a node does not answer the refresh fails, naming it', async () => {
  const stored = pages(20);
  await store(stored);
  world.pages.setReachable('one:11211', false);
  const failing = refresh(countingView(textPage('new')));
  await expect(failing).rejects.toThrow(PurgeIncompleteError);
  await expect(failing).rejects.toThrow('one:11211');
});

test('a purge that comes while a page is rendered again wins', async () => {
  const stored = pages(1);
  await store(stored);
  const view: View = async () => {
    await purge(parsePurgeRequest(world.config, { everything: true }), world);
    return textPage('new');
  };
  expect(await refresh(view)).toMatchObject({ pages: { refreshed: 0 } });
  expect(await texts(stored)).toEqual([undefined]);
});
