import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { accepting } from './accepting';
import { ASSETS } from './assets';

/** The writer's process beside nginx, as it runs in the task. */
export interface LocalWriter {
  readonly pid: number;
  stop(): Promise<void>;
}

const BUNDLE = join(ASSETS, 'image', 'sidecar.js');

/**
 * Starts the sidecar's bundle and waits until it listens on `env.NMS_WRITER`.
 *
 * @param options Node's own.
 * @param onMetrics takes each line that is meant for CloudWatch.
 * @throws Error with the writer's own words when it does not start.
 */
export async function startWriter(
  env: Readonly<Record<string, string>> & { readonly NMS_WRITER: string },
  onMessage: (line: string) => void,
  options: readonly string[] = [],
  onMetrics: (line: string) => void = () => undefined,
): Promise<LocalWriter> {
  const writer = spawn(process.execPath, [...options, BUNDLE], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: writer.stdout }).on('line', onMetrics);
  let words = '';
  writer.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
    onMessage(text.trimEnd());
  });
  const failed = new Promise<never>((_, reject) => {
    writer.once('error', (error) => reject(new Error(`the writer did not start: ${error.message}`)));
    writer.once('exit', (code) => reject(new Error(`the writer did not start (exit code ${code}): ${words.trim()}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([failed, accepting(env.NMS_WRITER)]);
  return {
    pid: writer.pid as number,
    async stop() {
      if (writer.exitCode === null && writer.signalCode === null) {
        // One that was stopped (SIGSTOP) would never see a polite signal.
        writer.kill('SIGKILL');
        await once(writer, 'exit');
      }
    },
  };
}
