import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { canonicalize } from '../lib/site/canonicalize';
import { canonicalQuery } from '../lib/site/canonical-query';
import { parseSiteConfig, type SiteConfig } from '../lib/site/site-config';

const program = new Command('nginx-memcache-site').description('Looks after a cached site.');

program
  .command('purge')
  .description('removes pages: every variant and query string of the URLs, or everything')
  .argument('[urls...]', 'absolute URLs')
  .option('--everything', 'every page of the site')
  .option('--endpoint-url <url>', 'where functions are invoked', 'http://127.0.0.1:9001')
  .option('--function <name>', "the purge function's name", 'purge')
  .option('--json', 'the whole receipt')
  .action(async (urls: string[], options: PurgeOptions) => {
    const event = {
      ...(urls.length > 0 ? { urls } : {}),
      ...(options.everything ? { everything: true } : {}),
      caller: 'command line',
    };
    const receipt = await invoke(options.endpointUrl, options.function, event);
    console.log(options.json ? JSON.stringify(receipt) : receiptText(receipt));
  });

program
  .command('key')
  .description("shows a URL's page key, and why it would or would not be looked up")
  .argument('<url>', 'an absolute URL')
  .option('--config <file>', "the site's document, JSON (default: that of npm start)")
  .option('--header <line...>', "request headers, such as 'Cookie: a=b'", [])
  .option('--json', 'the same as JSON')
  .action((url: string, options: KeyOptions) => {
    const explained = explain(readConfig(options.config), url, options.header);
    const text = Object.entries(explained).map(([name, value]) => `${name.padEnd(10)} ${String(value)}`);
    console.log(options.json ? JSON.stringify(explained) : text.join('\n'));
  });

program.parseAsync().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

interface PurgeOptions {
  readonly everything?: boolean;
  readonly endpointUrl: string;
  readonly function: string;
  readonly json?: boolean;
}

interface KeyOptions {
  readonly config?: string;
  readonly header: string[];
  readonly json?: boolean;
}

interface Receipt {
  readonly id: string;
  readonly pages: { readonly found: number; readonly removed: number };
  readonly nodes: readonly { readonly node: string; readonly removed: number }[];
  readonly durationMs: number;
}

/** Calls a function at Lambda's Invoke API, which the local site answers too. */
async function invoke(endpoint: string, name: string, event: unknown): Promise<Receipt> {
  const url = `${endpoint.replace(/\/$/, '')}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) }).catch((error: Error) => {
    throw new Error(
      `${endpoint} does not answer (${(error.cause as Error | undefined)?.message ?? error.message}): is the site running? Start it with npm start`,
    );
  });
  const answer = (await response.json().catch(() => {
    throw new Error(`${url} does not answer as Lambda does (status ${response.status}): is --endpoint-url right?`);
  })) as Receipt & { errorMessage?: string; Message?: string };
  const failure = answer.errorMessage ?? answer.Message;
  if (!response.ok || failure !== undefined) {
    throw new Error(failure ?? `${url} answered ${response.status}`);
  }
  return answer;
}

function receiptText({ id, pages, nodes, durationMs }: Receipt): string {
  const perNode = nodes.map(({ node, removed }) => `  ${node}: ${removed} removed`);
  return [
    `purged: ${pages.removed} removed (${pages.found} in the index), ${durationMs} ms, id ${id}`,
    ...perNode,
  ].join('\n');
}

/** What the cache makes of a URL. */
function explain(config: SiteConfig, url: string, headerLines: readonly string[]): Record<string, unknown> {
  const [, scheme, authority, target = '/'] = /^(https?):\/\/([^/?#]+)([^#]*)$/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) {
    throw new Error(`must be an absolute URL that begins with http:// or https://, without a fragment, got: ${url}`);
  }
  const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  const headers = [
    ['Host', authority] as const,
    ...headerLines.map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]),
  ];
  const decided = canonicalize(config, {
    method: 'GET',
    target: bytes(target.startsWith('/') ? target : `/${target}`),
    headers,
    scheme: scheme.toLowerCase() as 'http' | 'https',
  });
  if (!decided.eligible) {
    return { 'looked up': `no: ${decided.reason}` };
  }
  const { key, scheme: canonicalScheme, host, path, query, variants } = decided.request;
  const kept = new Set(query.split('&'));
  const sent = canonicalQuery(target.split('?')[1] ?? '', { policy: 'all' });
  return {
    'looked up': 'yes',
    key,
    canonical: `${canonicalScheme}://${host}${path}${query === '' ? '' : `?${query}`}`,
    dropped:
      sent
        .split('&')
        .filter((parameter) => parameter !== '' && !kept.has(parameter))
        .join('&') || 'nothing',
    ...(config.key.variants.length > 0 ? { variants: JSON.stringify(variants) } : {}),
  };
}

function readConfig(file?: string): SiteConfig {
  return parseSiteConfig(file === undefined ? { site: 'demo' } : JSON.parse(readFileSync(file, 'utf8')));
}
