import { gzipSync } from 'node:zlib';
import { pageOf, plainSets, rateOf, shareOf } from '../../bench/push-pages';
import { startMemcached } from '../../local/memcached';

test('a page has its bytes, is another each time, and hardly compresses to less than half', () => {
  const [one, two] = [pageOf('a', 9999), pageOf('a', 9999)];
  expect(one.body).toHaveLength(9999);
  expect(one.body).not.toBe(two.body);
  expect(gzipSync(one.body).length).toBeGreaterThan(4900);
});

test('a rate is a count in a time, and a share one of another', () => {
  expect(rateOf(50, 2000)).toEqual({ count: 50, perSecond: 25 });
  expect(shareOf(rateOf(50, 2000), rateOf(100, 1000))).toBe(25);
  expect(() => rateOf(1, 0)).toThrow('above 0 ms');
});

test('plain sets store every value', async () => {
  const memcached = await startMemcached();
  const rate = await plainSets(
    memcached.address,
    Array.from({ length: 30 }, () => Buffer.alloc(100, 'x')),
    8,
  );
  expect([rate.count, rate.perSecond > 0]).toEqual([30, true]);
  await memcached.stop();
});
