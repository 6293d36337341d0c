import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The processor time in a text of `/proc/<pid>/stat`, of all threads, in microseconds. */
export function processorMicroseconds(stat: string): number {
  // The second field is the program's name in parentheses, in which everything may stand (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isFinite(utime + stime)) throw new Error(`not a process's stat: ${stat}`);
  return ((utime + stime) / TICKS_PER_SECOND) * 1e6;
}

/** The processor time that some processes have used since they were started, in microseconds. */
export function timeOf(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + processorMicroseconds(readFileSync(`/proc/${pid}/stat`, 'utf8')), 0);
}

/** Waits for the children of a process whose command line begins so: they get their names after they were started. */
export async function childrenOf(pid: number, commandLine: string): Promise<number[]> {
  for (;;) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    const named = children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith(commandLine));
    if (named.length > 0) return named;
    await wait(20);
  }
}
