import { Pool } from 'undici';
import { SURROGATE_CAPABILITY } from '../../lib/site/fragments';
import type { SiteConfig } from '../../lib/site/site-config';
import type { View } from '../core/fill-tools';
import { conditionalHeaders } from '../core/validators';
import type { OriginSecret } from '../environment';
import { collectResponse } from './collect-response';
import { renderingHeaders } from './rendering-headers';
import { MOST_HEAD_BYTES, mostBodyBytes } from './rendering-limits';

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
  /** Whether connections are kept for later renderings. @default true */
  readonly keepAlive?: boolean;
}

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
  mostBytes = mostBodyBytes(config),
  keepAlive = true,
}: OriginViewOptions): OriginView {
  const pool = new Pool(origin, {
    connections: 128,
    // 0 is undici's way to say: one request for each connection.
    pipelining: keepAlive ? 1 : 0,
    // Shorter than the idle limit of common application servers, which close a kept connection without a word.
    keepAliveTimeout: 2000,
    maxHeaderSize: MOST_HEAD_BYTES,
    // The fill's deadline ends a rendering.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: 5000,
  });
  // nginx puts fragments in; a program that renders its own pages has nobody who would.
  const capability = config.fragments === undefined ? [] : ['Surrogate-Capability', SURROGATE_CAPABILITY];
  return {
    view: async (request, signal, validators = {}) => {
      const host = originHostHeader === 'origin' ? new URL(origin).host : request.host;
      const path = request.query === '' ? request.path : `${request.path}?${request.query}`;
      const secret = originSecret === undefined ? [] : [originSecret.header, originSecret.value];
      const headers = [...renderingHeaders(config, request, host, variantKeys).flat(), ...capability, ...secret];
      headers.push(...conditionalHeaders(validators).flat());
      return collectResponse(pool, { method: 'GET', path, headers }, signal, mostBytes);
    },
    close: () => pool.close(),
  };
}
