import { FollowedRing } from '../../../lambda/values/followed-ring';
import { Ring } from '../../../lambda/stores/ring';

const [ONE, TWO] = [new Ring(['a:1']), new Ring(['a:1', 'b:1'])];

/** A cluster of which the test decides when it answers, and the time. */
function clusterOf(patience = 30_000) {
  const reads: { resolve: (ring: Ring) => void; reject: (error: Error) => void }[] = [];
  const failures: unknown[] = [];
  const cluster = { now: 0, reads, failures };
  const ring = new FollowedRing({
    read: () => new Promise((resolve, reject) => reads.push({ resolve, reject })),
    every: 1000,
    patience,
    now: () => cluster.now,
    failed: (error) => failures.push(error),
  });
  return { ...cluster, ring, at: (now: number) => (cluster.now = now) };
}

async function withRing(patience?: number) {
  const cluster = clusterOf(patience);
  const first = cluster.ring.current();
  cluster.reads[0]?.resolve(ONE);
  await first;
  return cluster;
}

test('is read once for all who wait for it, and then kept for a while', async () => {
  const { ring, reads, at } = clusterOf();
  const callers = [ring.current(), ring.current()];
  reads[0]?.resolve(ONE);
  expect(await Promise.all(callers)).toEqual([ONE, ONE]);
  at(999);
  expect(await ring.current()).toBe(ONE);
  expect(reads).toHaveLength(1);
});

test('is read again after that while, and the first who asks gets the new one', async () => {
  const { ring, reads, at } = await withRing();
  at(1000);
  const callers = [ring.current(), ring.current()];
  reads[1]?.resolve(TWO);
  expect(await Promise.all(callers)).toEqual([TWO, TWO]);
  expect(reads).toHaveLength(2);
});

test('stays what it was while it cannot be read again, and somebody learns of it', async () => {
  const { ring, reads, failures, at } = await withRing();
  at(1000);
  const caller = ring.current();
  const error = new Error('no answer');
  reads[1]?.reject(error);
  expect(await caller).toBe(ONE);
  expect(failures).toEqual([error]);
  at(1999);
  expect(await ring.current()).toBe(ONE);
  expect(reads).toHaveLength(2);
  at(2000);
  const next = ring.current();
  reads[2]?.resolve(TWO);
  expect(await next).toBe(TWO);
});

test('nobody waits for longer than the patience; the answer counts when it comes', async () => {
  const { ring, reads, at } = await withRing(10);
  at(1000);
  expect(await ring.current()).toBe(ONE);
  reads[1]?.resolve(TWO);
  expect(await ring.current()).toBe(TWO);
});

test('the first one is tried again by the next who asks', async () => {
  const { ring, reads, failures } = clusterOf();
  const first = ring.current();
  reads[0]?.reject(new Error('no answer'));
  await expect(first).rejects.toThrow('no answer');
  const second = ring.current();
  reads[1]?.resolve(ONE);
  expect(await second).toBe(ONE);
  expect(failures).toEqual([]);
});
