import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../local/free-port';
import type { Cleanup } from '../cleanup';
import { nginxConfiguration } from './nginx-configuration';
import { childrenOf } from './processor-time';
import { startServer } from './server-process';
import { makeDirectory } from './temporary-directory';

/** A running nginx: what each contender of this kind has. */
export interface NginxServer {
  readonly address: string;
  /** Its only worker. */
  readonly servers: readonly number[];
}

/** Starts an nginx with one worker and without logs. */
export async function startNginxServer(
  cleanup: Cleanup,
  http: string,
  server: string,
  directory?: string,
): Promise<NginxServer> {
  const address = `127.0.0.1:${await freePort()}`;
  const place = directory ?? (await makeDirectory(cleanup));
  await writeFile(join(place, 'nginx.conf'), nginxConfiguration(address, http, server));
  return runNginx(cleanup, place, address);
}

/** Starts an nginx with the configuration in a directory. */
export async function runNginx(cleanup: Cleanup, directory: string, address: string): Promise<NginxServer> {
  const args = ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'];
  const { pid } = await cleanup.started(startServer('nginx', args, address), (process) => process.stop());
  const servers = await childrenOf(pid, 'nginx: worker process');
  if (servers.length !== 1) throw new Error(`an nginx with ${servers.length} workers instead of one`);
  return { address, servers };
}
