import { Command } from 'commander';
import type { Preview, Receipt } from '../../lambda/core/receipt';
import { print } from './output';
import { targetOf, type TargetOptions, withTarget } from './target';

interface PurgeOptions extends TargetOptions {
  readonly exact?: string[];
  readonly prefix?: string[];
  readonly tag?: string[];
  readonly host?: string[];
  readonly everything?: boolean;
  readonly refresh?: boolean;
  readonly dryRun?: boolean;
  readonly caller: string;
  readonly function?: string;
}

/** `purge`: removes or refreshes pages, or says which. */
export const purgeCommand = withTarget(
  new Command('purge')
    .description('removes pages; what is selected in several ways is removed once')
    .argument('[urls...]', 'absolute URLs, each with every variant and query string')
    .option('--exact <url...>', 'one query string of a URL, with every variant')
    .option('--prefix <url...>', 'a path and everything below it')
    .option('--tag <tag...>', 'every page with a tag')
    .option('--host <host...>', 'every page of a host')
    .option('--everything', 'every page of the site')
    .option('--refresh', 'render the pages again instead of removing them: nobody meets a miss')
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--caller <name>', 'who asks, for the audit', 'command line')
    .option('--function <name>', "the purge function's name at the local site (default: purge)"),
).action(async (urls: string[], options: PurgeOptions) => {
  const target = await targetOf(options, options.function);
  const answer = await target.invoke<Receipt | Preview>('purge', requestOf(urls, options));
  const text = 'dryRun' in answer ? previewText(answer) : receiptText(answer);
  print(options.json ? JSON.stringify(answer) : text);
});

function requestOf(urls: string[], options: PurgeOptions): object {
  const { exact, prefix, tag, host, everything, refresh, dryRun, caller } = options;
  return {
    urls: urls.length > 0 ? urls : undefined,
    exactUrls: exact,
    prefixes: prefix,
    tags: tag,
    hosts: host,
    everything,
    mode: refresh ? 'refresh' : undefined,
    dryRun,
    caller,
  };
}

function receiptText({ id, mode, pages, nodes, durationMs }: Receipt): string {
  const done =
    mode === 'refresh' ? `${pages.refreshed} refreshed, ${pages.removed} removed` : `${pages.removed} removed`;
  const perNode = nodes.map(({ node, removed, flushed, gone }) => {
    const what = gone ? 'does not exist any more' : flushed ? 'emptied' : `${removed} removed`;
    return `  ${node}: ${what}`;
  });
  return [`purged: ${done} (${pages.found} in the index), ${durationMs} ms, id ${id}`, ...perNode].join('\n');
}

function previewText({ pages, examples }: Preview): string {
  const lines = examples.map(({ scheme, host, path, query, variants }) => {
    const chosen = Object.entries(variants).map(([name, value]) => ` ${name}=${value}`);
    return `  ${scheme}://${host}${path}${query === '' ? '' : `?${query}`}${chosen.join('')}`;
  });
  const rest = pages.found > examples.length ? [`  and ${pages.found - examples.length} more`] : [];
  return [`would purge ${pages.found} pages`, ...lines, ...rest].join('\n');
}
