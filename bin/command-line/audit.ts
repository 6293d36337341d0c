import { Command, InvalidArgumentError } from 'commander';
import { audit, type AuditOptions, type Result } from '../audit/audit';
import { PRIVATE_PORTS } from '../audit/boundaries';
import { ExitCode, UsageError } from './exit-codes';
import { print } from './output';

interface Options {
  readonly cookie?: string;
  readonly secret?: string;
  readonly account?: string;
  readonly ports?: number[];
  readonly json?: boolean;
}

const MARKS = { ok: 'ok    ', failed: 'FAILED', skipped: 'skip  ' } as const;

/** `audit <url>`: the harmless part of the attacks on page caches, tried on a site. */
export const auditCommand = new Command('audit')
  .description('tries on your own site what attackers try on page caches, as far as it harms nobody')
  .argument('<url>', 'of a page that is cached, and whose query parameters count')
  .option('--cookie <pairs>', "a session of your own, as in the header 'Cookie'; with --secret")
  .option('--secret <text>', 'what only that session is shown, such as the name of its account')
  .option('--account <url>', 'the page that shows it (default: the URL)')
  .option(
    '--ports <port...>',
    'what must be closed (default: what the site keeps to itself, but on this machine)',
    port,
  )
  .option('--json', 'every result as JSON')
  .action(async (text: string, options: Options) => {
    const url = absoluteUrl(text);
    const onResult = (result: Result) => options.json !== true && print(line(result));
    const results = await audit(url, { ...optionsOf(url, options), onResult });
    const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
    if (options.json === true) print(JSON.stringify({ url: url.href, results }));
    else print(`${count('ok')} ok, ${count('failed')} failed, ${count('skipped')} skipped`);
    if (count('failed') > 0) process.exitCode = ExitCode.FAILED;
  });

function optionsOf(url: URL, { cookie, secret, account, ports }: Options): AuditOptions {
  if ((cookie === undefined) !== (secret === undefined) || (account !== undefined && cookie === undefined)) {
    throw new UsageError('--cookie and --secret belong together: a session, and what only it is shown');
  }
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const session =
    cookie === undefined || secret === undefined
      ? undefined
      : { cookie, secret, url: absoluteUrl(account ?? url.href) };
  return { ports: ports ?? (isHere ? [] : PRIVATE_PORTS), session };
}

function port(text: string, others: number[] = []): number[] {
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65_535) {
    throw new InvalidArgumentError('It must be a port: 1 to 65535.');
  }
  return [...others, Number(text)];
}

function absoluteUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new UsageError(`must be an absolute URL that begins with http:// or https://, without a user, got: ${text}`);
  }
  url.hash = '';
  return url;
}

function line(result: Result): string {
  const detail = result.outcome === 'ok' ? '' : `\n        ${result.detail}`;
  return `${MARKS[result.outcome]}  ${result.check}${detail}`;
}
