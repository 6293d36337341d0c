import { functionEnvironments } from '../../local/function-environments';
import type { LocalFunction } from '../../local/local-function';

/** Environments that answer when the test says so. */
function environments(concurrency: number) {
  const held: (() => void)[] = [];
  let started = 0;
  const start = (): Promise<LocalFunction> => {
    const number = (started += 1);
    const invoke = (event: unknown) => new Promise((resolve) => held.push(() => resolve([number, event])));
    return Promise.resolve({ invoke, stop: () => Promise.resolve() });
  };
  return { all: functionEnvironments(start, concurrency), held, started: () => started };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an environment has one event at a time, and is used again', async () => {
  const { all, held, started } = environments(2);
  const both = [all.invoke('a'), all.invoke('b')];
  await settled();
  held.splice(0).forEach((finish) => finish());
  expect(await Promise.all(both)).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
  const again = all.invoke('c');
  await settled();
  held.splice(0).forEach((finish) => finish());
  await again;
  expect(started()).toBe(2);
});

test('what is above the concurrency is throttled, until one is free', async () => {
  const { all, held } = environments(1);
  const first = all.invoke('a');
  await expect(all.invoke('b')).rejects.toMatchObject({ errorType: 'TooManyRequestsException' });
  await settled();
  held.splice(0).forEach((finish) => finish());
  await first;
  const second = all.invoke('c');
  await settled();
  held.splice(0).forEach((finish) => finish());
  expect(await second).toEqual([1, 'c']);
});
