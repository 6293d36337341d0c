import type { RequestListener } from 'node:http';
import { type OriginAnswer, saying } from './http-case';
import { ask, cacheStatus, type RawAnswer } from './raw-http';
import type { ReceivedRequest } from './test-origin';
import type { TestSite } from './test-site';

/** An origin's answers of one path: in full, and to whoever asks whether what they have still holds. */
export interface ValidatingAnswers {
  /** In full, one after the other; the last again and again. */
  readonly full: readonly OriginAnswer[];
  /** To conditional requests, one after the other; the last again and again. */
  readonly conditional: readonly OriginAnswer[];
}

/** Answers requests with `If-None-Match` or `If-Modified-Since` from one list, and others from another. */
export function validating({ full, conditional }: ValidatingAnswers): RequestListener {
  const [inFull, asked] = [saying(...full), saying(...conditional)];
  return (request, response) => (isConditional(request) ? asked : inFull)(request, response);
}

/** A 304 with these fields. */
export function notModified(fields: OriginAnswer['fields'] = {}): OriginAnswer {
  return { status: 304, fields, body: '' };
}

/** Whether a request asks only whether what its sender has still holds. */
export function isConditional({ headers }: Pick<ReceivedRequest, 'headers'>): boolean {
  return 'if-none-match' in headers || 'if-modified-since' in headers;
}

/** What an origin was asked of a path. */
export function askedFor({ origin }: TestSite, path: string): ReceivedRequest[] {
  return origin.received.filter(({ target }) => target === path);
}

/** Asks again and again until `Cache-Status` says this; a page that takes its whole lifetime to render is never stored. */
export async function askUntilStatus(
  { address }: TestSite,
  path: string,
  status: string | readonly string[],
  method?: string,
): Promise<RawAnswer> {
  for (;;) {
    const answer = await ask(address, path, {}, method);
    if ([status].flat().includes(cacheStatus(answer))) return answer;
  }
}
