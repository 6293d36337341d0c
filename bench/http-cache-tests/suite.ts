import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { accepting } from '../../local/accepting';
import { freePort } from '../../local/free-port';
import type { Cleanup } from '../cleanup';

const SUITE = 'http-cache-tests@0.4.5';
const CACHE = join(__dirname, '..', '..', 'node_modules', '.cache');

/** What came of one test: passed, failed, or its preparation failed, so that nothing can be said. */
export type Outcome = 'passed' | 'failed' | 'unprepared';

/** A test of the suite: what every cache must do, what a good one does, and what differs without being wrong. */
export interface TestResult {
  readonly id: string;
  readonly kind: 'required' | 'optimal' | 'check';
  readonly outcome: Outcome;
  readonly words: string;
}

/** The directory of the suite, fetched from npm once. @throws Error where it cannot be. */
export function fetchSuite(): string {
  const directory = join(CACHE, SUITE);
  if (!existsSync(directory)) {
    const unpacked = `${directory}.new`;
    rmSync(unpacked, { recursive: true, force: true });
    mkdirSync(unpacked, { recursive: true });
    const file = execFileSync('npm', ['pack', '--silent', SUITE], { cwd: unpacked, encoding: 'utf8' }).trim();
    execFileSync('tar', ['-xzf', file, '--strip-components=1'], { cwd: unpacked });
    renameSync(unpacked, directory);
  }
  return directory;
}

/** Starts the suite's own origin. @returns `127.0.0.1:port` */
export async function startOrigin(cleanup: Cleanup, suite: string): Promise<string> {
  const port = String(await freePort());
  const pidFile = join(suite, 'server.pid');
  const env = { ...process.env, npm_config_protocol: 'http', npm_config_port: port, npm_config_pidfile: pidFile };
  const origin = spawn(process.execPath, ['server/server.mjs'], { cwd: suite, env, stdio: 'ignore' });
  await cleanup.started(accepting(`127.0.0.1:${port}`), () => Promise.resolve(void origin.kill()));
  return `127.0.0.1:${port}`;
}

/** Runs the suite through a cache, in a process of its own: the suite's modules remember what they ran. */
export async function runSuite(suite: string, address: string): Promise<TestResult[]> {
  const args = ['--no-warnings', '--import', 'tsx', join(__dirname, 'client.ts'), suite, `http://${address}`];
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  client.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = (await once(client, 'close')) as [number];
  if (code !== 0) throw new Error(`the suite ended with exit code ${code}`);
  return JSON.parse(text) as TestResult[];
}
