import { randomBytes } from 'node:crypto';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

/** A request as a visitor makes it. */
export interface Visit {
  /** Default: GET */
  readonly method?: string;
  /** Besides those that every visit has. `Host` counts instead of the URL's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked for, to the letter, instead of the URL's path and query. */
  readonly target?: string;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name, several lines joined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** In latin1, without a coding. */
  readonly body: string;
  /** What this cache says of itself in `Cache-Status` (RFC 9211), without its name; undefined where it says nothing. */
  readonly cacheStatus: string | undefined;
}

// Longer than any fill may take by default.
const PATIENCE_MS = 30_000;
const OURS = /(?:^|,)\s*nginx-memcache-site\s*;\s*((?:"[^"]*"|[^,"])*)/;

/**
 * Asks once, over a connection of its own, and follows no redirect.
 *
 * @throws Error in one line when there is no whole answer.
 */
export async function visit(url: URL, { method = 'GET', headers = {}, target }: Visit = {}): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const identity = { 'User-Agent': 'nginx-memcache-site-audit', 'Accept-Encoding': 'identity' };
    const options = {
      method,
      headers: { ...identity, ...headers },
      agent: false,
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    send(url, target === undefined ? options : { ...options, path: target })
      .on('response', resolve)
      .on('error', reject)
      .end();
  }).catch((error: Error) => {
    throw new Error(`${url.href} does not answer: ${error.message || String((error as NodeJS.ErrnoException).code)}`);
  });
  const body = await text(response.setEncoding('latin1'));
  const joined = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
  const all: Answer['headers'] = Object.fromEntries(joined);
  return {
    ...{ status: response.statusCode ?? 0, headers: all, body },
    cacheStatus: OURS.exec(all['cache-status'] ?? '')?.[1]?.trim(),
  };
}

/** Whether an answer came from the store: found by nginx, or, where that was too late, by the writer. */
export function isHit({ cacheStatus }: Answer): boolean {
  return /^hit\b|;\s*collapsed\b/.test(cacheStatus ?? '');
}

/** A word that no page has by itself. */
export function newMark(): string {
  return `audit${randomBytes(8).toString('hex')}`;
}

/** Whether an answer has a word anywhere. */
export function says({ headers, body }: Answer, mark: string): boolean {
  return body.includes(mark) || JSON.stringify(headers).includes(mark);
}
