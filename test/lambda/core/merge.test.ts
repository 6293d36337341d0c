import fc from 'fast-check';
import { batches, forEachAtOnce } from '../../../lambda/core/batches';
import { merge } from '../../../lambda/core/merge';

async function* stream(items: readonly number[], onStep: (step: string) => void = () => undefined) {
  onStep('open');
  try {
    for (const item of items) {
      await Promise.resolve();
      yield item;
    }
  } finally {
    onStep('close');
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('merged streams give all that each of them gives, in its order', async () => {
  const lists = fc.array(fc.array(fc.integer()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 4 }), async (items, atOnce) => {
      const streams = items.map((list, i) => () => stream(list.map((value) => i * 2 ** 33 + value)));
      const merged = await collect(merge(streams, atOnce));
      const apart = items.map((_, i) => merged.filter((value) => Math.round(value / 2 ** 33) === i));
      expect(apart).toEqual(items.map((list, i) => list.map((value) => i * 2 ** 33 + value)));
    }),
  );
});

test('no more streams are open at once than are allowed', async () => {
  let [open, most] = [0, 0];
  const count = (step: string) => {
    open += step === 'open' ? 1 : -1;
    most = Math.max(most, open);
  };
  await collect(
    merge(
      Array.from({ length: 9 }, (_, i) => () => stream([i, i], count)),
      3,
    ),
  );
  expect([open, most]).toEqual([0, 3]);
});

test('streams are closed when the reader has enough, and when one of them fails', async () => {
  const steps: string[] = [];
  const endless = () => stream([1, 2, 3, 4], (step) => steps.push(step));
  const reader = merge([endless, endless], 2);
  await reader.next();
  await reader.return(undefined);
  expect(steps.sort()).toEqual(['close', 'close', 'open', 'open']);
  steps.splice(0);
  // eslint-disable-next-line require-yield, @typescript-eslint/require-await -- a stream that fails at once
  const failing = async function* (): AsyncGenerator<number> {
    throw new Error('broken');
  };
  await expect(collect(merge([endless, failing], 2))).rejects.toThrow('broken');
  expect(steps.sort()).toEqual(['close', 'open']);
});

test('batches have all items and are never larger than asked, nor empty', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 5 }), (items, size) => {
      const parts = [...batches(items, size)];
      expect(parts.flat()).toEqual(items);
      expect(parts.every(({ length }) => length > 0 && length <= size)).toBe(true);
    }),
  );
});

test('work that fails ends the others with its error', async () => {
  const work = (item: number) => (item === 3 ? Promise.reject(new Error('three')) : Promise.resolve());
  await expect(forEachAtOnce([1, 2, 3, 4], 2, work)).rejects.toThrow('three');
});
