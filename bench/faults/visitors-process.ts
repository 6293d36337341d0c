// Visitors in a process of their own, whose time is theirs alone: see `startVisitors`.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { pageOf, pageText } from './pages';
import type { Answer, VisitorsTask } from './visitors';

const WARM_UP_SECONDS = 1;

async function main(): Promise<void> {
  const [task] = (await once(process, 'message')) as [VisitorsTask];
  const pool = new Pool(`http://${task.address}`, { connections: task.connections });
  await visit(pool, task, WARM_UP_SECONDS, 'warm-up');
  const go = once(process, 'message');
  process.send?.('warm');
  await go;
  process.send?.(await visit(pool, task, task.seconds, 'measured'));
  await pool.destroy();
  process.disconnect();
}

/** Sends requests when they are due, whatever has become of those before them. */
async function visit(pool: Pool, { rate, stored }: VisitorsTask, seconds: number, phase: string): Promise<Answer[]> {
  const start = performance.now();
  const answers: Promise<Answer>[] = [];
  while (answers.length < rate * seconds) {
    const due = start + (answers.length * 1000) / rate;
    if (due > performance.now()) {
      await wait(1);
    } else {
      const { kind, path } = pageOf(answers.length, stored, phase);
      answers.push(ask(pool, path).then((failed) => ({ kind, failed, milliseconds: performance.now() - due })));
    }
  }
  return Promise.all(answers);
}

/** @returns whether the answer was not the application's own. */
async function ask(pool: Pool, path: string): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({ path, method: 'GET' });
    return (await body.text()) !== pageText(path) || statusCode !== 200;
  } catch {
    return true;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
