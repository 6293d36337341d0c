import { Command } from 'commander';
import type { PurgeEntry, PurgeList } from '../../lambda/core/inspect-answers';
import type { Selector } from '../../lambda/core/selector';
import { targetOf, type TargetOptions, withTarget } from './target';
import { columns, time } from './text';
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
  console.log(options.json ? JSON.stringify(list) : textOf(list));
});

function textOf({ purges, sinceAt, more }: PurgeList): string {
  return [
    ...(purges.length === 0 ? [`no purges since ${time(sinceAt)}`] : columns(purges.map(purgeCells))),
    ...(more ? ['there are more: raise --limit'] : []),
  ].join('\n');
}

/** A purge as columns: when, who, what, and what became of it. */
export function purgeCells({ at, caller, mode, selectors, result }: PurgeEntry): string[] {
  const [first, ...others] = selectors.map(selectorText);
  const what = `${first ?? 'nothing'}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  return [time(at), caller, mode === 'refresh' ? `refresh ${what}` : what, resultText(mode, result)];
}

function resultText(mode: PurgeEntry['mode'], result: PurgeEntry['result']): string {
  if (result === undefined) {
    return 'running, or interrupted';
  }
  const { purged, pages, durationMs, failed } = result;
  const counts = `${mode === 'refresh' ? `${pages.refreshed} refreshed, ` : ''}${pages.removed} removed`;
  return `${counts}, ${durationMs} ms${purged ? '' : `, incomplete: ${failed.join('; ')}`}`;
}

function selectorText(selector: Selector): string {
  switch (selector.kind) {
    case 'everything':
      return 'everything';
    case 'tag':
      return `tag ${selector.tag}`;
    case 'host':
      return `host ${selector.host}`;
    case 'prefix':
      return `${selector.host}${selector.path} and below`;
    case 'url':
      return `${selector.host}${selector.path}`;
    case 'exact':
      return `${selector.host}${selector.path}?${selector.query}`;
  }
}
