import { readFileSync } from 'node:fs';

/**
 * The most memory that this process ever had, in bytes. Linux carries `maxRSS` over from the process that forked this one,
 * which may hold a stand-in's whole table.
 */
export function peakResidentBytes(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
