import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepting } from './accepting';
import type { Certificate } from './certificate';
import { freePort } from './free-port';

/** A real memcached on this machine. */
export interface LocalMemcached {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts memcached and waits until it accepts connections. With the environment's `NMS_MEMCACHED_LOGS`, the name of a folder, each
 * writes down there what its clients say, in a file of its own.
 *
 * @param port default: a free one.
 * @param itemSizeMiB the largest value, in MiB. Default: 8
 * @param options memcached's own, such as `-M`; the last of a kind counts. Default: none
 * @param tls what it speaks TLS with; its address is then `localhost:port`, for which the certificate is. Default: plain
 * @throws Error with memcached's own words when it does not start.
 */
export async function startMemcached({
  port,
  itemSizeMiB = 8,
  options = [],
  tls,
}: {
  port?: number;
  itemSizeMiB?: number;
  options?: readonly string[];
  tls?: Certificate;
} = {}): Promise<LocalMemcached> {
  const chosen = port ?? (await freePort());
  // memcached does not run as root unless it is told to.
  const user = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const encrypted = tls === undefined ? [] : ['-Z', '-o', `ssl_chain_cert=${tls.certificate},ssl_key=${tls.key}`];
  const own = ['-l', '127.0.0.1', '-p', String(chosen), '-U', '0', '-I', `${itemSizeMiB}m`, '-m', '128'];
  const folder = process.env.NMS_MEMCACHED_LOGS;
  const log = folder === undefined ? undefined : join(folder, `${process.pid}-${chosen}.log`);
  const memcached = spawn(
    'memcached',
    [...user, ...own, ...(log === undefined ? [] : ['-vv']), ...options, ...encrypted],
    { stdio: ['ignore', 'ignore', log === undefined ? 'pipe' : openSync(log, 'a')] },
  );
  let words = '';
  memcached.stderr?.setEncoding('utf8').on('data', (text: string) => (words += text));
  const said = () => (log === undefined ? words : existsSync(log) ? readFileSync(log, 'utf8') : '');
  const failed = new Promise<never>((_, reject) => {
    memcached.once('error', (error) => reject(new Error(`memcached did not start: ${error.message}`)));
    memcached.once('exit', (code) =>
      reject(new Error(`memcached did not start on port ${chosen} (exit code ${code}): ${said().trim()}`)),
    );
  });
  failed.catch(() => undefined);
  await Promise.race([failed, accepting(`127.0.0.1:${chosen}`)]);
  const host = tls === undefined ? '127.0.0.1' : 'localhost';
  return { address: `${host}:${chosen}`, pid: memcached.pid as number, stop: () => stop(memcached) };
}

async function stop(memcached: ChildProcess): Promise<void> {
  if (memcached.exitCode === null && memcached.signalCode === null) {
    // One that was stopped (SIGSTOP) would never see a polite signal.
    memcached.kill('SIGKILL');
    await once(memcached, 'exit');
  }
}
