import { readFileSync } from 'node:fs';

/** The resident memory in a text of `/proc/<pid>/status` (proc_pid_status(5), VmRSS), in bytes. */
export function residentBytes(status: string): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`not the status of a process that runs: ${status}`);
  return Number(kibibytes) * 1024;
}

/**
 * The resident memory of a process, in bytes.
 *
 * @throws Error for one that has ended, and on anything but Linux.
 */
export function residentMemoryOf(pid: number): number {
  return residentBytes(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
