import { canonicalize } from '../../../lib/site/canonicalize';
import { Pace } from '../../../lambda/core/pace';
import type { View } from '../../../lambda/core/fill-tools';
import type { HeaderPair } from '../../../lambda/core/page';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { warmPages, type WarmTools } from '../../../lambda/core/warm-render';
import type { PagesWork } from '../../../lambda/core/warm-work';
import { write } from '../../../lambda/core/write';
import { parseWriteRequest } from '../../../lambda/core/write-request';
import { countingView, makeWorld, textPage, type World } from './page-cache-world';

let world: World;
beforeEach(() => (world = makeWorld({}, ['one:11211', 'two:11211'])));

const url = (path: string) => `https://example.com${path}`;
const work = (urls: readonly string[], changed: Partial<PagesWork> = {}): PagesWork => ({
  ...{ kind: 'pages', urls, variants: 'default', refresh: false, from: 0, turn: 0 },
  ...changed,
});
const tools = (view: View, changed: Partial<WarmTools> = {}): WarmTools => ({
  ...world,
  ...{ view, concurrency: 2, timeLeft: () => Infinity, pace: new Pace(1000, world.now, world.wait) },
  ...changed,
});
const paths = (count: number) => Array.from({ length: count }, (_, i) => url(`/${i}`));
const keyOf = (path: string) => {
  const raw = { method: 'GET', target: path, headers: [['Host', 'example.com'] as const], scheme: 'https' as const };
  const page = canonicalize(world.config, raw);
  return page.eligible ? page.request.key : '';
};
const stored = async (path: string) => (await world.pages.get(keyOf(path)))?.toString().split('\r\n\r\n')[1];

test('pages that are not there are rendered and stored, under the key by which nginx finds them', async () => {
  const view = countingView(textPage('warm'));
  const { result, next } = await warmPages(work([url('/a?b=1&a=2'), url('/b')]), tools(view));
  expect([result.stored.count, next, view.renderings]).toEqual([2, undefined, 2]);
  expect([await stored('/a?a=2&b=1'), await stored('/b')]).toEqual(['warm', 'warm']);
});

test('a page that is there is left alone, and does not count as asked for', async () => {
  await write(parseWriteRequest(world.config, { pages: [{ url: url('/a'), body: 'old' }] }), world);
  const view = countingView(textPage('new'));
  const { result } = await warmPages(work([url('/a')]), tools(view));
  expect([result.there.count, view.renderings]).toEqual([1, 0]);
  expect(await world.pages.usage(keyOf('/a'))).toMatchObject({ read: false });
  expect(await stored('/a')).toBe('old');
});

test('asked to refresh, every page is rendered anew, there or not, and replaced only by what may be stored', async () => {
  const pages = ['/a', '/b'].map((path) => ({ url: url(path), body: 'old' }));
  await write(parseWriteRequest(world.config, { pages }), world);
  const view: View = ({ path }) =>
    Promise.resolve(textPage('new', path === '/b' ? [['Cache-Control', 'private']] : []));
  const { result } = await warmPages(work(['/a', '/b', '/c'].map(url), { refresh: true }), tools(view));
  expect([result.stored.count, result.refused.reasons]).toEqual([2, { private: 1 }]);
  expect(await Promise.all(['/a', '/b', '/c'].map(stored))).toEqual(['new', 'old', 'new']);
});

test('every variant is rendered when all are asked for', async () => {
  const variants = [
    { name: 'lang', source: 'cookie' as const, field: 'lang', values: ['en', 'de'] },
    { name: 'size', source: 'header' as const, field: 'X-Size', values: ['s', 'm', 'l'] },
  ];
  world = makeWorld({ key: { variants } });
  const seen: string[] = [];
  const view: View = ({ variants }) => (seen.push(`${variants.lang}-${variants.size}`), Promise.resolve(textPage('x')));
  const { result } = await warmPages(work([url('/a')], { variants: 'all' }), tools(view));
  expect(seen.sort()).toEqual(['de-l', 'de-m', 'de-s', 'en-l', 'en-m', 'en-s']);
  expect(result.stored.first).toContainEqual({ url: url('/a'), variants: { lang: 'de', size: 'l' } });
  expect(result.stored.first).toContainEqual({ url: url('/a') });
});

test.each<[string, View, string, string, number]>([
  ['is private', () => Promise.resolve(textPage('x', [['Cache-Control', 'private']])), 'refused', 'private', 1],
  ['does not exist', () => Promise.resolve(textPage('x', [], 404)), 'refused', 'status', 1],
  ['is an error', () => Promise.resolve(textPage('x', [], 502)), 'failed', 'status', 3],
  ['cannot be rendered', () => Promise.reject(new Error('no route')), 'failed', 'view-failed', 3],
])('a page that %s', async (_, answer, outcome, reason, renderings) => {
  let asked = 0;
  const view: View = (...args) => ((asked += 1), answer(...args));
  const began = world.now();
  const { result } = await warmPages(work([url('/a')]), tools(view));
  expect(result[outcome as 'refused']).toMatchObject({ count: 1, reasons: { [reason]: 1 } });
  expect(asked).toBe(renderings);
  // Nobody waits for a page that is refused.
  expect(world.now() - began < 1000).toBe(renderings === 1);
});

test('a page that fails is tried again after a pause, and stored when it succeeds', async () => {
  let asked = 0;
  const view: View = () =>
    (asked += 1) < 3 ? Promise.reject(new Error('no route')) : Promise.resolve(textPage('late'));
  const began = world.now();
  const { result } = await warmPages(work([url('/a')]), tools(view));
  expect([result.stored.count, asked]).toEqual([1, 3]);
  expect(world.now() - began).toBeGreaterThanOrEqual(3000);
});

test('a page that is purged while it is rendered is rendered again, and not stored as it was', async () => {
  let asked = 0;
  const view: View = async () => {
    asked += 1;
    if (asked === 1) await purge(parsePurgeRequest(world.config, { everything: true }), world);
    return textPage(`rendering ${asked}`);
  };
  expect((await warmPages(work([url('/a')]), tools(view))).result.stored.count).toBe(1);
  expect(await stored('/a')).toBe('rendering 2');
});

test('nothing is rendered for a node that does not answer', async () => {
  world.pages.nodes.forEach((node) => world.pages.setReachable(node, false));
  const view = countingView();
  const { result } = await warmPages(work([url('/a')]), tools(view));
  expect(result.failed).toMatchObject({ count: 1, reasons: { 'store-unreachable': 1 } });
  expect(view.renderings).toBe(0);
});

test('every page that is rendered waits for its turn at the origin, and no other does', async () => {
  await write(parseWriteRequest(world.config, { pages: [{ url: url('/1'), body: 'there' }] }), world);
  const turn = jest.fn(() => Promise.resolve());
  await warmPages(work(paths(5)), tools(countingView(), { pace: { turn } as unknown as Pace }));
  expect(turn).toHaveBeenCalledTimes(4);
});

test('no more pages are rendered at once than allowed', async () => {
  let [running, most] = [0, 0];
  const view: View = async () => {
    most = Math.max(most, (running += 1));
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
    running -= 1;
    return textPage('x');
  };
  await warmPages(work(paths(30)), tools(view, { concurrency: 3 }));
  expect(most).toBe(3);
});

test('what there is no time for is left, and done from there on; nothing is left out or done twice', async () => {
  const rendered: string[] = [];
  const view: View = ({ path }) => (rendered.push(path), Promise.resolve(textPage('x')));
  let [from, calls]: [number | undefined, number] = [0, 0];
  for (; from !== undefined; calls += 1) {
    let left = 45_000;
    const timeLeft = () => (left -= 1000);
    const answer = await warmPages(work(paths(40), { from }), tools(view, { timeLeft }));
    expect(answer.result.stored.count).toBe((answer.next ?? 40) - from);
    from = answer.next;
  }
  expect(calls).toBeGreaterThan(2);
  expect(rendered.sort()).toEqual(Array.from({ length: 40 }, (_, i) => `/${i}`).sort());
});

test('a page that has expired is asked about where it is kept, and what is kept to be validated counts as stored', async () => {
  world = makeWorld({ storage: { keptFor: 3600, keepNoCache: true } });
  const asked: unknown[] = [];
  const view: View = ({ path }, _, validators) => {
    asked.push([path, validators?.etag]);
    const always: HeaderPair[] = path === '/b' ? [['Cache-Control', 'no-cache']] : [];
    const page = textPage('page', [['ETag', '"1"'], ...always]);
    return Promise.resolve(validators === undefined ? page : { status: 304, headers: always, body: Buffer.of() });
  };
  const both = work([url('/a'), url('/b')]);
  expect((await warmPages(both, tools(view))).result.stored.count).toBe(2);
  world.clock.ms += 60_000;
  expect((await warmPages(both, tools(view))).result.stored.count).toBe(2);
  expect(asked.sort()).toEqual([
    ['/a', undefined],
    ['/a', '"1"'],
    ['/b', undefined],
    ['/b', '"1"'],
  ]);
  expect([await stored('/a'), await stored('/b')]).toEqual(['page', undefined]);
});
