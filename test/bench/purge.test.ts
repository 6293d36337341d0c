import { ROOT, runBenchmark } from './run-benchmark';

test('a small run prints every section and ends', async () => {
  const { code, report, said } = await runBenchmark('purge.ts', '--pages', '200', '--urls', '5');

  // With what it said, for when it fails.
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  expect(report.match(/^\d\. .+$/gm)).toEqual([
    '1. Scale: a purge of one tag with 200 pages',
    '2. DynamoDB request units',
    '3. Latency: 5 purges each, after 20 to warm up',
  ]);
  expect(report).toMatch(/^ +200 +200 +200 /m);
  expect(report).toMatch(/a fill with 3 tags +5 +4 +\$3\.13/);
  expect(report).toMatch(/one URL, through the purge function directly +[\d.]+ ms +[\d.]+ ms/);
  expect(report).toContain('Fastly, Instant Purge');
  expect(report).toContain(`npx tsx bench/purge.ts --pages 200 --urls 5, Node ${process.version}`);
  expect(report).not.toContain(ROOT);
});
