import { readdirSync, readFileSync } from 'node:fs';

/**
 * Stops a process (SIGSTOP): its kernel accepts and takes for it, and nothing answers. Returns when all of its threads have
 * stopped: the signal is on its way for a moment, in which they still answer.
 */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  const threads = `/proc/${pid}/task`;
  const isStopped = (thread: string) => /\) T /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8'));
  while (!readdirSync(threads).every(isStopped));
}
