import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting } from '../../local/accepting';
import { freePort } from '../../local/free-port';

/** A real nginx with nothing of a site's. */
export interface PlainNginx {
  /** `127.0.0.1:port`. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts nginx with what a test has in its `http` block, which must listen on the address that it is given. */
export async function startPlainNginx(http: (address: string) => string): Promise<PlainNginx> {
  const address = `127.0.0.1:${await freePort()}`;
  const directory = await mkdtemp(join(tmpdir(), 'plain-nginx-'));
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off; pid ${directory}/pid; error_log stderr crit; events {}
    http { access_log off; client_body_temp_path ${directory}/b; proxy_temp_path ${directory}/p;
    ${http(address)} }`,
  );
  const nginx = spawn('nginx', ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const failed = once(nginx, 'exit').then(([code]) => {
    throw new Error(`nginx did not start (exit code ${code})`);
  });
  failed.catch(() => undefined);
  await Promise.race([failed, accepting(address)]);
  return {
    address,
    async stop() {
      if (nginx.exitCode === null && nginx.signalCode === null) {
        nginx.kill();
        await once(nginx, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
