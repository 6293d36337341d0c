import { WarmTally } from '../../../lambda/core/warm-result';

test('outcomes are counted by reason, and the first twenty of each named', () => {
  const tally = new WarmTally();
  for (let i = 0; i < 30; i += 1) tally.add('refused', { url: `/${i}`, reason: i % 3 === 0 ? 'private' : 'vary' });
  tally.add('failed', { url: '/x', reason: 'late', detail: 'x'.repeat(1000) });
  const { refused, failed, stored } = tally.result;
  expect(refused).toMatchObject({ count: 30, reasons: { private: 10, vary: 20 } });
  expect(refused.first.map(({ url }) => url)).toEqual(Array.from({ length: 20 }, (_, i) => `/${i}`));
  expect(failed.first[0]?.detail).toHaveLength(300);
  expect(stored).toEqual({ count: 0, reasons: {}, first: [] });
});

test('results of parts make one', () => {
  const parts = [1, 2].map((part) => {
    const tally = new WarmTally();
    for (let i = 0; i < 15; i += 1) tally.add('stored', { url: `/${part}/${i}` });
    tally.add('refused', { url: '/r', reason: 'status' });
    return tally.result;
  });
  const all = new WarmTally();
  all.addCount('failed', 7, 'no-time');
  parts.forEach((part) => all.addAll(part));
  expect(all.result).toMatchObject({
    stored: { count: 30 },
    refused: { count: 2, reasons: { status: 2 } },
    failed: { count: 7, reasons: { 'no-time': 7 }, first: [] },
  });
  expect(all.result.stored.first.at(-1)).toEqual({ url: '/2/4' });
});
