import { Command } from 'commander';
import type { ListedPage, PageList } from '../../lambda/core/inspect-answers';
import { duration, variantsOf } from '../../lambda/core/readable';
import { print } from './output';
import { type Target, targetOf, type TargetOptions, withTarget } from './target';
import { columns } from './columns';
import { wholeNumber } from './whole-number';

interface PagesOptions extends TargetOptions {
  readonly host?: string;
  readonly prefix?: string;
  readonly tag?: string;
  readonly search?: string;
  readonly limit: number;
  readonly next?: string;
  readonly all?: boolean;
}

/** `pages`: which pages there are. */
export const pagesCommand = withTarget(
  new Command('pages')
    .description(
      'lists the pages that the index knows and that are still fresh; several options select what all of them do',
    )
    .option('--host <host>', 'the pages of a host')
    .option('--prefix <url>', 'a path and everything below it')
    .option('--tag <tag>', 'the pages with a tag')
    .option('--search <text>', 'the pages with a text in their URL')
    .option('--limit <number>', 'how many at most, up to 1000', wholeNumber, 100)
    .option('--next <text>', 'go on where a list ended')
    .option('--all', 'all of them, part by part; with --json one page a line'),
).action(async (options: PagesOptions) => {
  const target = await targetOf(options);
  const list = await listOf(target, options, options.next);
  if (!options.all) {
    print(options.json ? JSON.stringify(list) : textOf(list));
    return;
  }
  for (let part = list; ; part = await listOf(target, options, part.next)) {
    const lines = options.json ? part.pages.map((page) => JSON.stringify(page)) : columns(part.pages.map(cells));
    if (lines.length > 0) print(lines.join('\n'));
    if (part.next === undefined) return;
  }
});

function listOf(target: Target, options: PagesOptions, next?: string): Promise<PageList> {
  const { host, prefix, tag, search, limit } = options;
  return target.invoke('inspect', { pages: { host, prefix, tag, search, limit, next } });
}

function textOf({ pages, next, scanned }: PageList): string {
  return [
    ...(pages.length === 0 ? [`no pages (${scanned} rows of the index looked at)`] : columns(pages.map(cells))),
    ...(next === undefined ? [] : [`there are more: --next ${next}, or --all`]),
  ].join('\n');
}

function cells({ scheme, host, path, query, variants, tags, freshSeconds, stored }: ListedPage): string[] {
  const url = `${scheme}://${host}${path}${query === '' ? '' : `?${query}`}`;
  const state = stored === false ? 'not stored any more' : `fresh for ${duration(freshSeconds)}`;
  return [url, variantsOf(variants), state, tags.join(' ')];
}
