import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The processor that servers under measurement have, all threads of each: what one nginx worker has by itself. */
const SERVERS = '0';
/** Those of the load and of everything behind a server. On a machine with one processor all share it. */
export const OTHERS = cpus().length > 1 ? `1-${cpus().length - 1}` : '0';

/** Puts processes where servers under measurement run. */
export function asServers(pids: readonly number[]): Promise<void> {
  return pin(pids, SERVERS);
}

/** Puts processes where everything else runs. */
export function asOthers(pids: readonly number[]): Promise<void> {
  return pin(pids, OTHERS);
}

async function pin(pids: readonly number[], processors: string): Promise<void> {
  for (const pid of pids) {
    await run('taskset', ['--all-tasks', '--cpu-list', '--pid', processors, String(pid)]);
  }
}
