import { Pool } from 'undici';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { loopMark } from '../../lib/site/loop-mark';
import type { SiteConfig } from '../../lib/site/site-config';
import { type VariantWords, variantWords } from '../../lib/site/variant-rendering';
import { variantSigning } from '../../lib/site/variant-signing';
import type { View } from '../core/fill-tools';
import type { OriginSecret } from '../environment';
import { collectResponse } from './collect-response';

/** A view that asks the origin, and its connections. */
export interface OriginView {
  readonly view: View;
  close(): Promise<void>;
}

export interface OriginViewOptions {
  readonly config: SiteConfig;
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  readonly originHostHeader: 'visitor' | 'origin';
  /** A header that only the site sends. @default - none */
  readonly originSecret?: OriginSecret;
  /** What the values of signed cookies are signed with, by the variant's name. @default - no value is signed */
  readonly variantKeys?: Readonly<Record<string, string>>;
  /** The largest body that is taken, in bytes. @default - one that may become a page of `limits.pageSize` */
  readonly mostBytes?: number;
}

// The limit is the stored body's, which is compressed when that is smaller; text rarely is by more than this.
const COMPRESSION = 8;
// nginx stores heads of up to 64 kB; what is above the site's own limit is told apart from a broken origin.
const MOST_HEAD_BYTES = 128 * 1024;

/**
 * Makes the view that renders pages by asking the origin, with what the page key covers and nothing else. Redirects are
 * answered, not followed; bodies come as they were sent.
 *
 * The view throws when the origin gives no whole answer, PageTooLargeError when its body is far above `limits.pageSize`.
 */
export function originView({
  config,
  origin,
  originHostHeader,
  originSecret,
  variantKeys = {},
  mostBytes = config.limits.pageSize * COMPRESSION,
}: OriginViewOptions): OriginView {
  const pool = new Pool(origin, {
    connections: 128,
    // Shorter than the idle limit of common application servers, which close a kept connection without a word.
    keepAliveTimeout: 2000,
    maxHeaderSize: MOST_HEAD_BYTES,
    // The fill's deadline ends a rendering.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: 5000,
  });
  return {
    view: async (request, signal) => {
      const host = originHostHeader === 'origin' ? new URL(origin).host : request.host;
      const path = request.query === '' ? request.path : `${request.path}?${request.query}`;
      const secret = originSecret === undefined ? [] : [originSecret.header, originSecret.value];
      const words = variantWords(config, request.variants, variantSigning(variantKeys, Date.now()));
      const headers = [...originHeaders(config, request, host, words), ...secret];
      return collectResponse(pool, { method: 'GET', path, headers }, signal, mostBytes);
    },
    close: () => pool.close(),
  };
}

/** The headers that a rendering gets: names and values in turn. */
function originHeaders(config: SiteConfig, request: CanonicalRequest, host: string, words: VariantWords): string[] {
  return [
    ['Host', host],
    ['User-Agent', words.userAgent ?? config.fill.userAgent],
    ['Accept-Encoding', 'gzip'],
    ['X-Forwarded-Proto', request.scheme],
    // What the visitor's own request would say, to an application that reads these instead.
    ...(request.scheme === 'https' ? config.scheme.headers.map(({ name, value }) => [name, value]) : []),
    ['X-Forwarded-For', config.fill.clientAddress],
    ['CDN-Loop', loopMark(config)],
    ...(words.cookies.length === 0 ? [] : [['Cookie', words.cookies.join('; ')]]),
    ...words.headers,
    ...Object.entries(config.fill.headers),
  ].flat();
}
