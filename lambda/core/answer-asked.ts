import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { keptKey } from '../../lib/site/kept-key';
import { cacheDirectives } from './cache-directives';
import { fill } from './fill';
import type { FillAnswer, FillTools, View } from './fill-tools';
import { formatHttpDate } from './http-date';
import { decodeKept } from './kept-copy';
import type { PageResponse } from './page';
import { decodePage } from './page-format';
import type { RequestDirectives } from './request-directives';
import { unreachable } from './unreachable';

/**
 * Answers a visitor who says what is wanted of caches (RFC 9111 section 5.2.1): with what is stored, if that is as asked for;
 * else with a new rendering, which takes the page's place and is nobody else's meanwhile.
 */
export async function answerAsked(
  tools: FillTools,
  view: View,
  request: CanonicalRequest,
  asked: RequestDirectives,
): Promise<FillAnswer> {
  const response = await usablePage(tools, request.key, asked);
  if (response !== undefined) {
    return { kind: 'page', response, outcome: 'usable' };
  }
  if (asked.onlyIfCached) {
    const headers = [['Date', formatHttpDate(tools.now())]] as const;
    // RFC 9111 section 5.2.1.7.
    return { kind: 'page', response: { status: 504, headers, body: Buffer.of() }, outcome: 'only-if-cached' };
  }
  return fill(tools, view, request, { over: 'anything', validate: true });
}

async function usablePage(
  { pages, config, now }: FillTools,
  key: string,
  { noCache, maxAge = Infinity, minFresh = 0, maxStale = 0 }: RequestDirectives,
): Promise<PageResponse | undefined> {
  const seconds = Math.floor(now() / 1000);
  const isYoung = (page: PageResponse) => page.times !== undefined && seconds - page.times.bornAt <= maxAge;
  const read = async (stored: string) => {
    try {
      return await pages.get(stored);
    } catch (error) {
      unreachable(error);
      return undefined;
    }
  };
  if (noCache) {
    return undefined;
  }
  const page = decodePage((await read(key)) ?? Buffer.of());
  if (page?.times !== undefined && isYoung(page) && page.times.freshUntil - seconds >= minFresh) {
    return page;
  }
  const kept = maxStale > 0 ? keptKey(key) : undefined;
  const copy = decodeKept((kept === undefined ? undefined : await read(kept)) ?? Buffer.of());
  const mayBeStale = copy !== undefined && !cacheDirectives(copy.page, config.storage.targetedFields).neverStale;
  return mayBeStale && isYoung(copy.page) && seconds - copy.freshUntil <= maxStale ? copy.page : undefined;
}
