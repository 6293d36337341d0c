import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Cleanup } from '../cleanup';
import type { Kind, StoredPages } from './pages';

/** What visitors are told. */
export interface VisitorsTask {
  /** `host:port`. */
  readonly address: string;
  readonly seconds: number;
  /** Requests in a second. */
  readonly rate: number;
  readonly connections: number;
  readonly stored: StoredPages;
}

/** What came of one request. */
export interface Answer {
  readonly kind: Kind;
  /** From when it was due to the end of the answer. */
  readonly milliseconds: number;
  /** It was not the application's own answer. */
  readonly failed: boolean;
}

/**
 * Has visitors come, then something break, and measures from that moment on.
 *
 * @throws Error when the visitors' process ends without having measured.
 */
export async function visitWhile(
  begin: () => Promise<unknown>,
  task: VisitorsTask,
  cleanup: Cleanup,
): Promise<Answer[]> {
  const child = fork(join(__dirname, 'visitors-process.ts'), {
    execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
  });
  const exit = once(child, 'exit');
  void cleanup.started(Promise.resolve(child), async () => {
    child.kill('SIGKILL');
    await exit;
  });
  child.send(task);
  await message(child);
  await begin();
  child.send('go');
  const answers = (await message(child)) as Answer[];
  await exit;
  return answers;
}

async function message(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the visitors’ process ended; see above')));
  return ((await Promise.race([once(child, 'message'), ended])) as unknown[])[0];
}
