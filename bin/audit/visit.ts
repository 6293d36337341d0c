import { randomBytes } from 'node:crypto';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

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
// More than any page has; four are asked for at once.
const MOST_BYTES = 32 * 1024 * 1024;
const OURS = /(?:^|,)\s*nginx-memcache-site\s*;\s*((?:"[^"]*"|[^,"])*)/;

/**
 * Asks once, over a connection of its own, and follows no redirect.
 *
 * @throws Error in one line when there is no whole answer.
 */
export async function visit(url: URL, request: Visit = {}): Promise<Answer> {
  try {
    const response = await send(url, request);
    const body = await bodyOf(response);
    const joined = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
    const all: Answer['headers'] = Object.fromEntries(joined);
    return {
      ...{ status: response.statusCode ?? 0, headers: all, body },
      cacheStatus: OURS.exec(all['cache-status'] ?? '')?.[1]?.trim(),
    };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new Error(`${url.href} does not answer: ${message || String(code)}`, { cause: error });
  }
}

function send(url: URL, { method = 'GET', headers = {}, target }: Visit): Promise<IncomingMessage> {
  const identity = { 'User-Agent': 'nginx-memcache-site-audit', 'Accept-Encoding': 'identity' };
  const options = {
    method,
    headers: { ...identity, ...headers },
    agent: false,
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? requestHttps : requestHttp;
    ask(url, target === undefined ? options : { ...options, path: target })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the body is longer than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
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
