import { BackgroundFills } from '../../../lambda/adapters/background-fills';
import type { FillAnswer } from '../../../lambda/core/fill-tools';

const page = { status: 200, headers: [], body: Buffer.of() };

let logged: unknown[];
let fills: BackgroundFills;
beforeEach(() => {
  logged = [];
  fills = new BackgroundFills((event, details) => logged.push([event, details]));
});

test('what keeps a fill from being stored is logged, and nothing else', async () => {
  const error = new Error('gone');
  const answers: FillAnswer[] = [
    { kind: 'page', response: page, outcome: 'stored' },
    { kind: 'pass', reason: 'private' },
    { kind: 'page', response: page, outcome: 'index-unreachable', cause: error },
  ];
  answers.forEach((answer) => fills.take(Promise.resolve(answer)));
  await fills.done();
  expect(logged).toEqual([['not-stored', { background: true, error }]]);
});

test('a fill that fails is logged, and rejects nowhere', async () => {
  const error = new TypeError('a bug');
  fills.take(Promise.reject(error));
  await fills.done();
  expect(logged).toEqual([['fill-failed', { background: true, error }]]);
});

test('a process can wait for all that are under way', async () => {
  let finish = (_: FillAnswer) => undefined as void;
  fills.take(new Promise((resolve) => (finish = resolve)));
  let isDone = false;
  const done = fills.done().then(() => (isDone = true));
  await new Promise(setImmediate);
  expect(isDone).toBe(false);
  finish({ kind: 'pass', reason: 'private' });
  await done;
  expect(isDone).toBe(true);
});
