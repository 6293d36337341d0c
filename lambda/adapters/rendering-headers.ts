import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { loopMark } from '../../lib/site/loop-mark';
import type { SiteConfig } from '../../lib/site/site-config';
import { type VariantWords, variantWords } from '../../lib/site/variant-rendering';
import { variantSigning } from '../../lib/site/variant-signing';
import type { HeaderPair } from '../core/page';
import type { VariantKeys } from '../variant-keys';

/**
 * The headers that a rendering gets: what the page key covers, and nothing else of any visitor.
 *
 * @param host what the application is to take for its own.
 * @param variantKeys what the values of signed cookies are signed with.
 * @throws Error for a signed value without a key.
 */
export function renderingHeaders(
  config: SiteConfig,
  request: CanonicalRequest,
  host = request.host,
  variantKeys: VariantKeys = {},
): HeaderPair[] {
  const words: VariantWords = variantWords(config, request.variants, variantSigning(variantKeys, Date.now()));
  const headers: HeaderPair[] = [
    ['Host', host],
    ['User-Agent', words.userAgent ?? config.fill.userAgent],
    ['Accept-Encoding', 'gzip'],
    ['X-Forwarded-Proto', request.scheme],
    // What the visitor's own request would say, to an application that reads these instead.
    ...(request.scheme === 'https' ? config.scheme.headers.map(({ name, value }) => [name, value] as const) : []),
    ['X-Forwarded-For', config.fill.clientAddress],
    ['CDN-Loop', loopMark(config)],
    ...(words.cookies.length === 0 ? [] : [['Cookie', words.cookies.join('; ')] as const]),
    ...words.headers,
    ...Object.entries(config.fill.headers),
  ];
  const forwarded = request.forwarded ?? [];
  // Of what is forwarded, the visitor's own counts; what the site says of its renderings counts before it.
  const replaced = new Set(forwarded.map(([name]) => name));
  const said = new Set([...words.headers, ...Object.entries(config.fill.headers)].map(([name]) => name.toLowerCase()));
  if (words.userAgent !== undefined) said.add('user-agent');
  return [
    ...headers.filter(([name]) => !replaced.has(name.toLowerCase()) || said.has(name.toLowerCase())),
    ...forwarded.filter(([name]) => !said.has(name)),
  ];
}
