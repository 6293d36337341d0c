import { keptKey } from '../../../lib/site/kept-key';
import { cachePage } from '../../../lambda/core/cache-page';
import type { FillAnswer, View } from '../../../lambda/core/fill-tools';
import type { PageResponse } from '../../../lambda/core/page';
import { decodePage } from '../../../lambda/core/page-format';
import { purge } from '../../../lambda/core/purge';
import { parsePurgeRequest } from '../../../lambda/core/purge-request';
import { countingView, makeWorld, requestFor, textPage, type World } from './page-cache-world';

let world: World;
let request: ReturnType<typeof requestFor>;
let filling: Promise<FillAnswer>[];
let answer: (page: PageResponse) => void;
let fail: (error: Error) => void;
let asked: number;

const background = (work: Promise<FillAnswer>) => void filling.push(work);
const stale = { kind: 'page', response: { body: Buffer.from('good') }, outcome: 'stale-while-revalidate' };
const stored = async () => decodePage((await world.pages.get(request.key)) ?? Buffer.of())?.body.toString();
const purgeAll = () => purge(parsePurgeRequest(world.config, { everything: true }), world);

/** An origin that answers when it is told to. */
const slow: View = () => {
  asked += 1;
  return new Promise((resolve, reject) => ([answer, fail] = [resolve, reject]));
};

beforeEach(async () => {
  world = makeWorld({ storage: { keptFor: 3600, staleWhileRevalidate: 600 } });
  request = requestFor(world.config);
  [filling, asked] = [[], 0];
  await cachePage(countingView(textPage('good')), world)(request);
  world.clock.ms += 60_000;
});

const visiting = (view: View = slow) => cachePage(view, { ...world, background });

test('an expired page is answered at once, and rendered by one fill behind it', async () => {
  const visit = visiting();
  expect(await visit(request)).toMatchObject(stale);
  expect(await Promise.all([visit(request), visit(request)])).toMatchObject([stale, stale]);
  expect([asked, filling.length]).toEqual([1, 1]);
  answer(textPage('new'));
  expect(await filling[0]).toMatchObject({ outcome: 'stored' });
  expect(await stored()).toBe('new');
});

test('who comes while one is behind it does not ask the index', async () => {
  const visit = visiting();
  await visit(request);
  world.index.startFill = () => Promise.reject(new Error('asked'));
  expect(await visit(request)).toMatchObject(stale);
});

test('another writer’s visitors are answered it too, and do not wait for the lease', async () => {
  await visiting()(request);
  const other = cachePage(countingView(), { ...world, wait: () => Promise.reject(new Error('waited')) });
  expect(await other(request)).toMatchObject(stale);
});

test('who joined reads it again', async () => {
  const visit = visiting();
  expect(await Promise.all([visit(request), visit(request)])).toMatchObject([stale, stale]);
  expect([asked, filling.length]).toEqual([1, 1]);
});

test('its window ends', async () => {
  world.clock.ms += 599_999;
  expect(await visiting()(request)).toMatchObject(stale);
  answer(textPage('good'));
  await filling[0];
  world.clock.ms += 60_000 + 600_000;
  expect(await visiting(countingView(textPage('new')))(request)).toMatchObject({ outcome: 'stored' });
});

test('a failure behind it leaves the copy, and the next visitor finds out again', async () => {
  const visit = visiting();
  await visit(request);
  fail(new Error('gone'));
  expect(await filling[0]).toMatchObject({ kind: 'pass', reason: 'view-failed' });
  expect(await visit(request)).toMatchObject(stale);
  expect(asked).toBe(2);
});

test('a visitor who comes after a purge is not answered it, though the fill behind it goes on', async () => {
  const visit = visiting();
  await visit(request);
  await purgeAll();
  const late = visit(request);
  await new Promise(setImmediate);
  answer(textPage('newer'));
  expect(await late).toMatchObject({ outcome: 'stored', response: { body: Buffer.from('newer') } });
  expect(asked).toBe(2);
});

test('what is rendered behind it is not stored after a purge', async () => {
  await visiting()(request);
  await purgeAll();
  answer(textPage('old'));
  expect(await filling[0]).toMatchObject({ outcome: 'purged' });
  expect([await stored(), await world.pages.get(keptKey(request.key) ?? '')]).toEqual([undefined, undefined]);
});

test('a host that is frozen when it has answered has its visitors wait', async () => {
  expect(await cachePage(countingView(textPage('new')), world)(request)).toMatchObject({ outcome: 'stored' });
});

test('a page that forbids it is waited for', async () => {
  await visiting(countingView(textPage('good', [['Cache-Control', 'max-age=60, must-revalidate']])))(request);
  await filling[0];
  world.clock.ms += 60_000;
  expect(await visiting(countingView(textPage('new')))(request)).toMatchObject({ outcome: 'stored' });
});

test('a fresh page that has vanished is rendered where nobody wants it otherwise', async () => {
  world = makeWorld({ storage: { keptFor: 3600 } });
  request = requestFor(world.config);
  await visiting(countingView(textPage('good')))(request);
  await world.pages.remove([request.key], world.pages.nodes);
  expect(await visiting(countingView(textPage('new')))(request)).toMatchObject({ outcome: 'stored' });
});
