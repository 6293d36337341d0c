import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { canonicalize } from '../../lib/site/canonicalize';
import { canonicalQuery } from '../../lib/site/canonical-query';
import { forwardedScheme } from '../../lib/site/forwarded-scheme';
import { variantsText } from '../../lib/site/page-key';
import { parseSiteConfig, type SiteConfig } from '../../lib/site/site-config';
import { variantKeyVariable, variantSigning } from '../../lib/site/variant-signing';
import { signedVariants } from '../../lib/site/variants';
import { Ring } from '../../lambda/stores/ring';
import { visit } from '../audit/visit';
import { cacheStatusText } from '../../lambda/core/cache-status-text';
import { UsageError } from './exit-codes';
import { headersOf } from './headers';
import { print } from './output';

interface KeyOptions {
  readonly config?: string;
  readonly header: string[];
  readonly ask?: boolean;
  readonly nodes?: string[];
  readonly json?: boolean;
}

/** `key <url>`: what the cache makes of a request. */
export const keyCommand = new Command('key')
  .description("shows a URL's page key, and why it would or would not be looked up, or cached")
  .argument('<url>', 'an absolute URL')
  .option('--config <file>', "the site's document, JSON (default: that of npm start)")
  .option('--header <line...>', "request headers, such as 'Cookie: a=b'", [])
  .option('--nodes <host:port...>', 'the Memcached nodes, named as the site names them: shows which one has the key')
  .option('--ask', 'asks for the URL, once, and says whether the answer was cached, and why not')
  .option('--json', 'the same as JSON')
  .action(async (url: string, options: KeyOptions) => {
    const explained = explain(readConfig(options.config), url, options.header);
    const all = {
      ...explained,
      ...nodeOf(explained, options.nodes),
      ...(options.ask ? await asked(url, options) : {}),
    };
    const text = Object.entries(all).map(([name, value]) => `${name.padEnd(10)} ${String(value)}`);
    print(options.json ? JSON.stringify(all) : text.join('\n'));
  });

function nodeOf({ key }: Record<string, unknown>, nodes: readonly string[] = []): { node?: string } {
  const bad = nodes.find((node) => !/^[^\s:]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/.test(node));
  if (bad !== undefined) {
    throw new UsageError(`--nodes must be host:port, as the site names them, got: ${bad}`);
  }
  return typeof key === 'string' && nodes.length > 0 ? { node: new Ring(nodes).nodeOf(key) } : {};
}

/** What the site itself says of one request. */
async function asked(url: string, { header }: KeyOptions): Promise<Record<string, unknown>> {
  const { status, cacheStatus } = await visit(new URL(url), { headers: Object.fromEntries(headersOf(header)) });
  return {
    status,
    cached: cacheStatus === undefined ? 'the answer has no Cache-Status of this cache' : cacheStatusText(cacheStatus),
  };
}

/** What the cache makes of a URL. */
function explain(config: SiteConfig, url: string, headerLines: readonly string[]): Record<string, unknown> {
  const [, scheme, authority, target = '/'] = /^(https?):\/\/([^/?#]+)([^#]*)$/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) {
    throw new UsageError(
      `must be an absolute URL that begins with http:// or https://, without a fragment, got: ${url}`,
    );
  }
  const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  const sentHeaders = headersOf(headerLines);
  const headers = [
    ['Host', authority] as const,
    // Load balancers overwrite it.
    ['X-Forwarded-Proto', scheme] as const,
    ...sentHeaders.filter(([name]) => name.toLowerCase() !== 'x-forwarded-proto'),
  ];
  const signed = signedVariants(config).map(({ name }) => [name, variantKeyVariable('KEY', name)] as const);
  const keyless = signed.map(([, variable]) => variable).filter((variable) => !process.env[variable]);
  const keys = Object.fromEntries(signed.map(([name, variable]) => [name, process.env[variable] ?? '']));
  const request = {
    method: 'GET',
    target: bytes(target.startsWith('/') ? target : `/${target}`),
    headers,
    scheme: forwardedScheme(config, headers),
  };
  const decided = canonicalize(config, request, variantSigning(keys, Date.now()));
  if (!decided.eligible) {
    return { 'looked up': `no: ${decided.reason}` };
  }
  const { key, scheme: canonicalScheme, host, path, query, variants } = decided.request;
  if (config.compatibility !== undefined) {
    const { version = '' } = variants;
    const shown = Buffer.from(key, 'latin1').toString('utf8');
    return { 'looked up': 'yes', key: shown, ...(version === '' ? {} : { version }) };
  }
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
    ...(config.key.variants.length > 0 ? { variants: variantsText(config, variants).replaceAll(';', '; ') } : {}),
    ...(keyless.length > 0 ? { unverified: `${keyless.join(', ')}: set what the cookie is signed with` } : {}),
  };
}

function readConfig(file?: string): SiteConfig {
  try {
    return parseSiteConfig(file === undefined ? { site: 'demo' } : JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UsageError(`--config ${file}: ${(error as Error).message}`, { cause: error });
  }
}
