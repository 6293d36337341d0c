import { setTimeout as wait } from 'node:timers/promises';
import { ask } from './ask';
import type { Contender } from './contender';
import { type Cell, cellTitle, pagePath } from './matrix';
import { pageAt } from './pages';

// A lookup that is slow, as on a busy machine, is a miss for us, and two of them put a node aside for two seconds.
const ATTEMPTS = 5;
const PAUSE = 1000;

/**
 * Asks a contender for a cell's first and last page, as the measurement will.
 *
 * @throws Error when an answer is not the page, or not from the cache.
 */
export async function checkAnswers(contender: Contender, cell: Cell): Promise<void> {
  for (const path of new Set([pagePath(cell.kilobytes, 0), pagePath(cell.kilobytes, cell.pages - 1)])) {
    for (let attempt = 1; ; attempt++) {
      const wrong = await whatIsWrong(contender, path, cell.gzip);
      if (wrong === undefined) break;
      if (attempt === ATTEMPTS) throw new Error(`${contender.name} (${cellTitle(cell)}): ${path} ${wrong}`);
      await wait(PAUSE);
    }
  }
}

async function whatIsWrong(contender: Contender, path: string, gzip: boolean): Promise<string | undefined> {
  const answer = await ask(contender.address, path, gzip);
  if (answer.status !== 200) return `has the status ${answer.status}`;
  if (!answer.body.equals(pageAt(path).plain)) return `is not the page (${answer.body.length} bytes)`;
  return contender.isHit(answer) ? undefined : `is not a hit: ${JSON.stringify(answer.headers)}`;
}
