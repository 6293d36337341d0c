import type { PurgeEntry } from './inspect-answers';
import type { Selector } from './selector';
import { time } from './readable';

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
