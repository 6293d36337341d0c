import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Where the project lies. No report may tell. */
export const ROOT = join(__dirname, '..', '..');

export interface BenchmarkRun {
  readonly code: number | null;
  /** What it wrote to standard output. */
  readonly report: string;
  /** And to standard error, for when it fails. */
  readonly said: string;
}

/** Runs a benchmark as its users do, in a process of its own. */
export async function runBenchmark(name: string, ...options: string[]): Promise<BenchmarkRun> {
  const run = spawn(process.execPath, ['--import', 'tsx', join('bench', name), ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [report, said] = ['', ''];
  run.stdout.setEncoding('utf8').on('data', (text: string) => (report += text));
  run.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(run, 'close')) as [number | null];
  return { code, report, said };
}
