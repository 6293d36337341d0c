import { Command } from 'commander';
import type { PurgeList } from '../../lambda/core/inspect-answers';
import { purgeCells } from '../../lambda/core/purge-text';
import { time } from '../../lambda/core/readable';
import { print } from './output';
import { targetOf, type TargetOptions, withTarget } from './target';
import { columns } from './columns';
import { wholeNumber } from './whole-number';

interface WhoPurgedOptions extends TargetOptions {
  readonly limit: number;
  readonly since?: string;
}

/** `who-purged`: the journal of purges. */
export const whoPurgedCommand = withTarget(
  new Command('who-purged')
    .description('shows who purged what, when, and with what result; the journal goes back 30 days')
    .option('--limit <number>', 'how many at most, up to 100', wholeNumber, 20)
    .option('--since <moment>', 'since a day, a time, or for a duration such as P1D'),
).action(async (options: WhoPurgedOptions) => {
  const { limit, since } = options;
  const list = await (await targetOf(options)).invoke<PurgeList>('inspect', { purges: { limit, since } });
  print(options.json ? JSON.stringify(list) : textOf(list));
});

function textOf({ purges, sinceAt, more }: PurgeList): string {
  return [
    ...(purges.length === 0 ? [`no purges since ${time(sinceAt)}`] : columns(purges.map(purgeCells))),
    ...(more ? ['there are more: raise --limit'] : []),
  ].join('\n');
}

export { purgeCells };
