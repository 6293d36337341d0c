import { canonicalPath } from '../../lib/site/canonical-path';
import { canonicalQuery } from '../../lib/site/canonical-query';
import type { KeyParts } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';

/** A page's URL in canonical form. */
export interface PageAddress extends Omit<KeyParts, 'variants'> {
  /** The query as it was written, percent-encoded: other releases of the site make another canonical query of it. */
  readonly sentQuery: string;
  /** The same for the path. */
  readonly sentPath: string;
  /** The host with its port, where it is not the scheme's own: what a browser sends. */
  readonly sentHost: string;
}

const ABSOLUTE_URL = /^(https?):\/\/([^/?#\\]+)(\/[^?#]*)?(?:\?([^#]*))?(#.*)?$/i;

/**
 * Reads a URL as whoever purges or pushes a page writes it.
 *
 * @returns the address, or every rule that the URL breaks as the end of a sentence about it.
 */
export function parsePageAddress(config: SiteConfig, url: string): PageAddress | string[] {
  // Said first, because URL parsers leave some of them out without a word.
  if (/[\p{Cc} ]/u.test(url)) {
    return ['must not contain spaces or control characters: percent-encode them'];
  }
  const [, scheme = '', authority = '', rawPath = '/', rawQuery = '', fragment] = ABSOLUTE_URL.exec(url) ?? [];
  if (scheme === '' || !URL.canParse(`${scheme}://${authority}`)) {
    return ["must be an absolute URL that begins with 'http://' or 'https://' and a host"];
  }
  const { hostname: host, host: sentHost } = new URL(`${scheme}://${authority}`);
  const sentPath = percentEncoded(rawPath);
  const path = canonicalPath(sentPath);
  const faults = [
    ...(authority.includes('@') ? ['must not contain a user name or password'] : []),
    ...(fragment !== undefined ? ["must not contain a fragment ('#…'), which servers never see"] : []),
    ...(config.hosts.length > 0 && !config.hosts.includes(host)
      ? [`must have one of the site's hosts: ${config.hosts.join(', ')}`]
      : []),
    ...(path === undefined
      ? [
          "must have an ordinary path: one with '//', '.' or '..' segments, '\\', '%2F' or encoded controls is never cached",
        ]
      : []),
  ];
  if (faults.length > 0 || path === undefined) {
    return faults;
  }
  const sentQuery = percentEncoded(rawQuery);
  return {
    scheme: config.key.scheme === 'same' || scheme.toLowerCase() === 'https' ? 'https' : 'http',
    host,
    path,
    query: canonicalQuery(sentQuery, config.key.query),
    sentQuery,
    sentPath,
    sentHost,
  };
}

/**
 * Reads a host as whoever purges it writes it: a name, without scheme, port or path.
 *
 * @returns the host, or the rule that it breaks as the end of a sentence about it.
 */
export function parseHost(config: SiteConfig, text: string): string | { readonly fault: string } {
  // RFC 1035 section 2.3.4.
  if (text.length > 255 || !/^[^\s/?#@:\\]+$/.test(text) || !URL.canParse(`http://${text}`)) {
    return { fault: 'must be a host without scheme, port or path' };
  }
  const host = new URL(`http://${text}`).hostname;
  return config.hosts.length > 0 && !config.hosts.includes(host)
    ? { fault: `must be one of the site's hosts: ${config.hosts.join(', ')}` }
    : host;
}

// As browsers send what is not ASCII: in UTF-8.
function percentEncoded(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return bytes.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
