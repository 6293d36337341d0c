import fc from 'fast-check';
import { mergeSorted } from '../../../lambda/core/merge-sorted';

async function collect<T>(stream: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) {
    items.push(item);
    if (items.length >= most) break;
  }
  return items;
}

test('sorted streams become one, whatever their batches', async () => {
  const stream = fc.array(fc.string({ maxLength: 3 })).map((items) => items.sort());
  await fc.assert(
    fc.asyncProperty(fc.array(stream, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), async (streams, size) => {
      const opened = streams.map(
        (items) =>
          async function* () {
            await Promise.resolve();
            for (let at = 0; at < items.length; at += size) {
              yield [];
              yield items.slice(at, at + size);
            }
          },
      );
      expect(await collect(mergeSorted(opened, (item) => item))).toEqual(streams.flat().sort());
    }),
  );
});

test('whoever stops ends every stream, and no more is read than a batch ahead of each', async () => {
  const [ended, read]: [string[], string[]] = [[], []];
  const stream = (name: string) =>
    async function* () {
      try {
        for (let i = 0; i < 100; i += 1) {
          await Promise.resolve();
          read.push(name);
          yield [`${String(i).padStart(3, '0')}${name}`];
        }
      } finally {
        ended.push(name);
      }
    };
  expect(
    await collect(
      mergeSorted([stream('a'), stream('b')], (item) => item),
      3,
    ),
  ).toEqual(['000a', '000b', '001a']);
  expect(ended.sort()).toEqual(['a', 'b']);
  expect(read.length).toBeLessThanOrEqual(5);
});
