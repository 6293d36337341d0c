import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { canonicalize } from '../../lib/site/canonicalize';
import { canonicalQuery } from '../../lib/site/canonical-query';
import { parseSiteConfig, type SiteConfig } from '../../lib/site/site-config';

interface KeyOptions {
  readonly config?: string;
  readonly header: string[];
  readonly json?: boolean;
}

/** `key <url>`: what the cache makes of a request. */
export const keyCommand = new Command('key')
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
