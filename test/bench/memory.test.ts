import { ROOT, runBenchmark } from './run-benchmark';

test('a short run prints its samples, its answers and a verdict on each process, and ends with it', async () => {
  const options = ['--minutes', '0.1', '--every', '1', '--warm-up', '2'];
  const { code, report, said } = await runBenchmark('memory.ts', ...options);

  const samples = report.split('\n').filter((line) => /^ +\d:\d\d +[\d,]+( +[\d.]+ MiB)+$/.test(line));
  // With what it said, for when it fails.
  expect({ samples: samples.length, said: samples.length === 6 ? '' : said }).toEqual({ samples: 6, said: '' });
  expect(report).toMatch(/^ +time +requests +nginx( +worker \d)+ +writer +memcached 1 +memcached 2$/m);
  expect(report).toMatch(/^Answers\n-+\n\n +all +[\d,]+$/m);
  expect(report).toContain('npx tsx bench/memory.ts --minutes 0.1 --every 1 --warm-up 2');
  const verdicts = [...report.matchAll(/^ {2}(\w[\w, ]*?)(?: +-?[\d.]+ MiB){4} +(flat|GROWS)$/gm)];
  expect(verdicts.map(([, name]) => name?.replace(/\d/, 'n'))).toEqual(
    expect.arrayContaining(['nginx', 'worker n', 'writer', 'writer, kept']),
  );
  // A process that has just been started may still grow, and a busy machine stores nothing in the first seconds.
  const bad = verdicts.some(([, , verdict]) => verdict === 'GROWS') || report.includes('Hardly any page was stored');
  expect(code).toBe(bad ? 1 : 0);
  expect(report).not.toContain(ROOT);
}, 180_000);
