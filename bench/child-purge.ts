import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Receipt } from '../lambda/core/receipt';
import type { Cleanup } from './cleanup';
import type { Stage } from './stage';

/** What a purge process is told. */
export interface PurgeTask extends Pick<Stage, 'nodes' | 'tableName' | 'dynamodbEndpoint' | 'config'> {
  readonly tag: string;
}

/** What a purge process reports. */
export interface PurgeMeasurement {
  readonly pages: Receipt['pages'];
  readonly milliseconds: number;
  /** The most memory that the process ever had, in bytes, with Node and the loader of TypeScript. */
  readonly peakResidentBytes: number;
  /** What the process had when the purge began. */
  readonly residentBytesBefore: number;
  /** By how much the heap grew at most during the purge, garbage included. */
  readonly heapGrowthBytes: number;
}

/** Purges a tag in a process of its own, whose memory is only the purge's. */
export async function purgeInChild(stage: Stage, tag: string, cleanup: Cleanup): Promise<PurgeMeasurement> {
  const { nodes, tableName, dynamodbEndpoint, config } = stage;
  const task: PurgeTask = { nodes, tableName, dynamodbEndpoint, config, tag };
  const child = fork(join(__dirname, 'purge-process.ts'), {
    execArgv: ['--expose-gc', '--import', pathToFileURL(require.resolve('tsx')).href],
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  void cleanup.started(Promise.resolve(child), async () => {
    child.kill('SIGKILL');
    await exit;
  });
  let measurement: PurgeMeasurement | undefined;
  child.on('message', (message) => (measurement = message as PurgeMeasurement));
  child.send(task);
  const [code] = await exit;
  if (measurement === undefined) {
    throw new Error(`the purge of the tag ${tag} failed (exit code ${code}); see above`);
  }
  return measurement;
}
