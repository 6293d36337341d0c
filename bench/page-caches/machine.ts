import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

/** What the numbers were measured on. */
export function machine(): string {
  const processors = cpus();
  return [
    `${processors.length} processors: ${processors[0]?.model.trim() ?? 'unknown'}`,
    `load average before: ${loadavg()[0]?.toFixed(2)}`,
    version('nginx', '-v'),
    version('varnishd', '-V'),
    version('memcached', '-V'),
    version('wrk', '-v'),
    `Node ${process.version}`,
  ].join('\n');
}

function version(program: string, option: string): string {
  const { stdout, stderr } = spawnSync(program, [option], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
}
