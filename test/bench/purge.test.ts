import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

test('a small run prints every section and ends', async () => {
  const run = spawn(process.execPath, ['--import', 'tsx', join('bench', 'purge.ts'), '--pages', '200', '--urls', '5'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let report = '';
  let said = '';
  run.stdout.setEncoding('utf8').on('data', (text: string) => (report += text));
  run.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(run, 'close')) as [number | null];

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
