import { askDistinctUrls, wasStored, distinctPath } from '../../../bench/memory/distinct-urls';
import { listenHttp } from '../../support/listening-servers';

test('no URL comes twice, and one of four may not be stored', () => {
  const paths = Array.from({ length: 1000 }, (_, i) => distinctPath(i + 1));
  expect(new Set(paths).size).toBe(1000);
  expect(paths.filter((path) => path.startsWith('/private/'))).toHaveLength(250);
  expect(paths.filter((path) => path.includes('?'))).toHaveLength(250);
});

test('answers are counted by what the cache did, until the visitors are stopped', async () => {
  let asked = 0;
  let enough = () => undefined as void;
  const often = new Promise<void>((resolve) => (enough = resolve));
  const server = await listenHttp((_, response) => {
    asked += 1;
    if (asked === 500) enough();
    response
      .setHeader('Cache-Status', `nginx-memcache-site; ${asked % 2 === 0 ? 'hit' : 'fwd=uri-miss; stored'}`)
      .end();
  });
  const visitors = askDistinctUrls(`http://${server.address}`, () => undefined);
  await often;
  await visitors.stop();
  const { requests, outcomes } = visitors.asked();
  expect(requests).toBe(asked);
  expect([...outcomes.keys()].sort()).toEqual(['fwd=uri-miss; stored', 'hit']);
  expect([...outcomes.values()].reduce((sum, times) => sum + times)).toBe(asked);
  await server.close();
});

test('a bad answer is told at once, and again when the visitors are stopped', async () => {
  const server = await listenHttp((_, response) => response.writeHead(502).end());
  const failed = new Promise<Error>((resolve) => {
    const visitors = askDistinctUrls(`http://${server.address}`, (error) => {
      void visitors.stop().catch((again: Error) => resolve(again === error ? error : new Error('another')));
    });
  });
  expect((await failed).message).toMatch(/^\/\S+ was answered with 502$/);
  await server.close();
});

test('a run counts where at least one page of ten was stored', () => {
  const run = (stored: number) => ({ requests: 100, outcomes: new Map([['fwd=uri-miss; stored', stored]]) });
  expect([75, 10, 9].map((stored) => wasStored(run(stored)))).toEqual([true, true, false]);
  expect(wasStored({ requests: 100, outcomes: new Map([['fwd=uri-miss; detail=key-mismatch', 100]]) })).toBe(false);
});
