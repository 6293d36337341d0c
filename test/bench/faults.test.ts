import { ROOT, runBenchmark } from './run-benchmark';

test('a small run prints both tables, in which no request has failed, and ends', async () => {
  const options = ['--seconds', '1', '--rounds', '1', '--rate', '30', '--only', 'one memcached killed', 'table gone'];
  const { code, report, said } = await runBenchmark('faults.ts', ...options);

  // With what it said, for when it fails.
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  expect(report).toMatch(/^ {2}nothing broken +30 +0 +[\d.]+ +[\d.,]+ +0\.0 /m);
  expect(report).toMatch(/^ {2}one memcached killed +30 +0 .*<= 50 +(met|MISSED)$/m);
  expect(report).toMatch(/^ {2}table gone +30 +0 /m);
  expect(report).toMatch(/^ {2}the origin directly +30 +0 /m);
  expect(report).toContain('a page of the node that breaks');
  expect(report).not.toContain(ROOT);
}, 180_000);
