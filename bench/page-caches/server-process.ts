import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accepting } from '../../local/accepting';

/** A server that runs in the foreground of a child process. */
export interface ServerProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until it accepts connections.
 *
 * @throws Error with the program's own words when it ends before that.
 */
export async function startServer(program: string, args: readonly string[], address: string): Promise<ServerProcess> {
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-4000)));
  }
  const failed = new Promise<never>((_, reject) => {
    server.once('error', (error) => reject(new Error(`${program} did not start: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`${program} did not start (exit code ${code}): ${words.trim()}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([failed, accepting(address)]);
  return {
    pid: server.pid as number,
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM');
        await once(server, 'exit');
      }
    },
  };
}
