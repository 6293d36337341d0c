import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import type { WarmStarted } from '../../lambda/core/warm';
import type { WarmProgress } from '../../lambda/core/warm-log';
import type { WarmExample, WarmGroup } from '../../lambda/core/warm-result';
import { print } from './output';
import { ProgressLine } from './progress-line';
import { type Target, targetOf, type TargetOptions, withTarget } from './target';

interface WarmOptions extends TargetOptions {
  readonly sitemap?: string[];
  readonly since?: string;
  readonly allVariants?: boolean;
  readonly refresh?: boolean;
  readonly progress?: string;
  readonly wait: boolean;
  readonly caller: string;
  readonly function?: string;
}

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;

/** `warm`: has pages rendered and stored before somebody asks for them. */
export const warmCommand = withTarget(
  new Command('warm')
    .description('renders pages that are not stored, waits, and says what became of them; exit code 1 when some failed')
    .argument('[urls...]', "absolute URLs of the site's pages")
    .option('--sitemap <url...>', 'the pages of a sitemap, or of all sitemaps of an index')
    .option('--since <day>', 'of sitemaps, only pages changed since a day, or for a duration such as P1D')
    .option('--all-variants', 'every combination of variants, not only the default one')
    .option('--refresh', 'render also those anew that are stored')
    .option('--progress <id>', 'say how far a warm is, and begin none')
    .option('--no-wait', 'begin the warm, say its id, and end')
    .option('--caller <name>', 'who asks', 'command line')
    .option('--function <name>', "the warm function's name at the local site (default: warm)"),
).action(async (urls: string[], options: WarmOptions) => {
  const target = await targetOf(options, options.function);
  const warm = options.progress ?? (await begin(target, urls, options));
  if (!options.wait && options.progress === undefined) {
    print(options.json ? JSON.stringify({ warm }) : `warm ${warm} has begun`);
    return;
  }
  const progress = await progressOf(target, warm, options);
  print(options.json ? JSON.stringify(progress) : progressText(progress));
  if (progress.pages.failed.count > 0) process.exitCode = 1;
});

async function begin(target: Target, urls: string[], options: WarmOptions): Promise<string> {
  const { sitemap, since, allVariants, refresh, caller } = options;
  const { warm } = await target.invoke<WarmStarted>('warm', {
    urls: urls.length > 0 ? urls : undefined,
    sitemaps: sitemap,
    since,
    variants: allVariants ? 'all' : undefined,
    refresh,
    caller,
  });
  return warm;
}

async function progressOf(target: Target, warm: string, options: WarmOptions): Promise<WarmProgress> {
  const line = new ProgressLine(process.stderr);
  try {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const progress = await target.invoke<WarmProgress>('warm', { warm });
      if (progress.state === 'done' || options.progress !== undefined) {
        return progress;
      }
      const { parts, pages } = progress;
      line.show(
        parts.done,
        parts.planned,
        `${parts.done} of ${parts.planned} parts: ${pages.stored.count} pages stored, ${pages.failed.count} failed`,
      );
      await wait(pause);
    }
  } finally {
    line.end();
  }
}

function progressText({ warm, state, parts, pages }: WarmProgress): string {
  const { stored, there, refused, failed, older } = pages;
  const counts = [
    `${stored.count} stored`,
    `${there.count} there already`,
    `${refused.count} refused${reasonsText(refused)}`,
    `${failed.count} failed${reasonsText(failed)}`,
    ...(older.count > 0 ? [`${older.count} not changed since`] : []),
  ];
  const far = state === 'done' ? 'warmed' : `warming, ${parts.done} of ${parts.planned} parts done`;
  return [`${far}: ${counts.join(', ')}, id ${warm}`, ...[...failed.first, ...refused.first].map(exampleText)].join(
    '\n',
  );
}

function reasonsText({ reasons }: WarmGroup): string {
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`;
}

function exampleText({ url, variants = {}, reason, detail }: WarmExample): string {
  const chosen = Object.entries(variants).map(([name, value]) => ` ${name}=${value}`);
  return `  ${url}${chosen.join('')}: ${reason}${detail === undefined ? '' : `: ${detail}`}`;
}
