import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(__dirname, '..', '..', 'assets', 'cli', 'index.js');

/** Runs the command line as its users do: the built file, in a process of its own. */
export function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return runWith({}, ...args);
}

/** The same with variables of the environment besides those of this process. */
export async function runWith(env: Record<string, string>, ...args: string[]) {
  const cli = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [out, err] = ['', ''];
  cli.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  cli.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(cli, 'close')) as [number];
  return { code, out, err };
}
