import { Pace } from '../../../lambda/core/pace';

/** Times of turns, by a clock that waiting moves on; `pause` is what the caller does between two turns. */
async function turns(perSecond: number, count: number, atOnce: boolean, pause = 0): Promise<number[]> {
  let clock = 5000;
  const waits: { until: number; go: () => void }[] = [];
  const wait = (milliseconds: number) =>
    new Promise<void>((resolve) => waits.push({ until: clock + milliseconds, go: resolve }));
  const pace = new Pace(perSecond, () => clock, wait);
  const times: number[] = [];
  const turn = async () => {
    await pace.turn();
    times.push(clock - 5000);
  };
  const advance = async () => {
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    const [next] = waits.sort((a, b) => a.until - b.until).splice(0, 1);
    if (next === undefined) return;
    clock = next.until;
    next.go();
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  };
  if (atOnce) {
    const all = Promise.all(Array.from({ length: count }, turn));
    while (waits.length > 0 || times.length < count) await advance();
    await all;
  } else {
    for (let i = 0; i < count; i += 1) {
      const one = turn();
      await advance();
      await one;
      clock += pause;
    }
  }
  return times;
}

test('turns that are asked for at once come at the rate, the first one too', async () => {
  expect(await turns(4, 5, true)).toEqual([250, 500, 750, 1000, 1250]);
});

test('turns are never saved up', async () => {
  expect(await turns(4, 4, false, 1000)).toEqual([250, 1250, 2250, 3250]);
});

test('who is slower than the rate does not wait', async () => {
  expect(await turns(10, 3, false, 100)).toEqual([100, 200, 300]);
});

test('a rate below one a second is kept', async () => {
  expect(await turns(0.1, 3, true)).toEqual([10_000, 20_000, 30_000]);
});
