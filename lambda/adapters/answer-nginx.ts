import { canonicalPath } from '../../lib/site/canonical-path';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { forwardedHeaders } from '../../lib/site/forwarded-headers';
import { pageKey, parseVariantsText } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';
import { WriterProtocol } from '../../lib/site/writer-protocol';
import type { FillAnswer } from '../core/fill-tools';
import type { HeaderPair, PageResponse } from '../core/page';
import { withAge } from '../core/page-times';
import { type RequestDirectives, requestDirectives } from '../core/request-directives';
import type { Log } from './log-json';

/** Answers what nginx did not find: `cachePage()` makes it. */
export type Fill = (request: CanonicalRequest, asked?: RequestDirectives) => Promise<FillAnswer>;

/** What nginx asks a writer, whatever brought it. */
export interface WriterRequest {
  /** Path and query; the path is percent-encoded, in any way. */
  readonly target: string;
  readonly host: string;
  /** @param name in any case. */
  readonly header: (name: string) => string | undefined;
}

/** A fill's answer, or that the writer does not trust the request. */
export type WriterAnswer =
  FillAnswer | { readonly kind: 'pass'; readonly reason: 'key-mismatch' | 'writer-failed'; readonly cause?: undefined };

/**
 * Fills what nginx asks for, if it and this writer agree on the key. A failure is logged, and becomes the word that nginx is
 * to ask the origin itself.
 */
export async function answerNginx(
  config: SiteConfig,
  fill: Fill,
  log: Log,
  asked: WriterRequest,
): Promise<WriterAnswer> {
  const request = canonicalRequest(config, asked);
  const claimed = asked.header(WriterProtocol.KEY);
  if (request === undefined || request.key !== claimed) {
    log('key-mismatch', { target: asked.target, host: asked.host, nginx: claimed, writer: request?.key });
    return { kind: 'pass', reason: 'key-mismatch' };
  }
  try {
    const directives = asked.header(WriterProtocol.DIRECTIVES);
    const filled = await fill(request, directives === undefined ? undefined : requestDirectives(directives));
    if (filled.cause !== undefined) {
      log('not-stored', { key: request.key, path: request.path, outcome: outcomeOf(filled), error: filled.cause });
    }
    return filled;
  } catch (error) {
    log('fill-failed', { target: asked.target, error });
    return { kind: 'pass', reason: 'writer-failed' };
  }
}

/** The request that nginx made canonical, with the key computed anew; undefined when it is not one. */
function canonicalRequest(config: SiteConfig, asked: WriterRequest): CanonicalRequest | undefined {
  const mark = asked.target.indexOf('?');
  // nginx escapes a path in its own way.
  const path = canonicalPath(mark < 0 ? asked.target : asked.target.slice(0, mark));
  const scheme = asked.header(WriterProtocol.SCHEME);
  const variants = parseVariantsText(config, asked.header(WriterProtocol.VARIANTS) ?? '');
  if (path === undefined || variants === undefined || (scheme !== 'http' && scheme !== 'https')) {
    return undefined;
  }
  const query = mark < 0 ? '' : asked.target.slice(mark + 1);
  const parts = { scheme, host: asked.host, path, query, variants } as const;
  const forwarded = forwardedHeaders(config).flatMap((name) => {
    const value = asked.header(name);
    return value === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return { ...parts, key: pageKey(config, parts), ...(forwarded.length > 0 && { forwarded }) };
}

// Not made by the origin for this request (RFC 9111 section 5.1).
const FROM_THE_STORE = new Set(['hit', 'usable', 'stale', 'stale-while-revalidate']);

/** What nginx is answered: a page, or that it is to ask the origin. */
export function writerResponse(answered: WriterAnswer, now = Date.now()): PageResponse {
  if (answered.kind === 'pass') {
    return word(WriterProtocol.PASS, answered.reason);
  }
  const { response, outcome } = answered;
  const { status, headers, body, times } = FROM_THE_STORE.has(outcome) ? withAge(response, now) : response;
  const told: HeaderPair[] = [
    // nginx takes the status of an error for a failure of the writer, or of what is before it.
    ...(status === 200 ? [] : [[WriterProtocol.STATUS, String(status)] as const]),
    ...(times === undefined
      ? []
      : [[WriterProtocol.TTL, `; ttl=${times.freshUntil - Math.floor(now / 1000)}`] as const]),
    [WriterProtocol.OUTCOME, outcome],
  ];
  return { status: 200, headers: [...headers, ...told], body };
}

/** An answer of a status that nginx does something else for: nothing of it reaches the visitor. */
export function word(status: number, outcome: string): PageResponse {
  return { status, headers: [[WriterProtocol.OUTCOME, outcome]], body: Buffer.alloc(0) };
}

/** What became of it, in one word. */
export function outcomeOf(answered: WriterAnswer): string {
  return answered.kind === 'page' ? answered.outcome : answered.reason;
}
