import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { answerAsked } from './answer-asked';
import { answerFrom } from './claim';
import { fill, type FillOptions } from './fill';
import type { FillAnswer, FillTools, View } from './fill-tools';
import { Flights } from './flights';
import type { RequestDirectives } from './request-directives';
import { lookUpStale } from './stale';
import { unreachable } from './unreachable';

/**
 * Puts a view behind the page cache: the function that every writer calls for a request that nginx did not find. What
 * requests are eligible, and the canonical form of each, is decided before; that a client goes away changes nothing.
 *
 * Simultaneous requests for one page key join one rendering.
 *
 * The function's second argument: what the visitor asks of caches, where that counts.
 */
export function cachePage(
  view: View,
  tools: FillTools,
): (request: CanonicalRequest, asked?: RequestDirectives) => Promise<FillAnswer> {
  const fillOnce = sharedFills(tools);
  return (request, asked) => (asked === undefined ? fillOnce(request, view) : answerAsked(tools, view, request, asked));
}

/** The same where every request brings its own view. Of simultaneous ones, one view renders for all. */
export function sharedFills(
  tools: FillTools,
): (request: CanonicalRequest, view: View, options?: Pick<FillOptions, 'deadline'>) => Promise<FillAnswer> {
  const flights = new Flights<FillAnswer>();
  const revalidated = new Set<string>();
  const visitors = { mayBeStale: true, validate: true };
  return async (request, view, options) => {
    if (isAway(tools.pages, request.key)) {
      // Nothing is stored, so nothing could be shared: whoever waited for another's rendering would wait for their own then.
      return fill(tools, view, request, { ...options, ...visitors });
    }
    // While one is in the background, nobody else has to ask the index.
    const stale = revalidated.has(request.key)
      ? await lookUpStale(tools, request, 'stale-while-revalidate')
      : undefined;
    if (stale !== undefined) {
      return stale;
    }
    const background =
      tools.background &&
      ((filling: Promise<FillAnswer>) => {
        revalidated.add(request.key);
        tools.background?.(filling.finally(() => revalidated.delete(request.key)));
      });
    // Once the compare-and-set is sent, a purge may come after it and be acknowledged before the fill hears of it:
    // whoever asks from then on must not get the fill's page.
    const { leads, result } = flights.join(request.key, (close) =>
      fill(tools, view, request, { ...options, ...visitors, background, onPublish: close }),
    );
    const answer = await result;
    return leads ? answer : shared(answer, tools, request);
  };
}

/** Whether the node of a key is known to be away. */
function isAway(pages: FillTools['pages'], key: string): boolean {
  try {
    pages.checkUp(key);
    return false;
  } catch (error) {
    unreachable(error);
    return true;
  }
}

/**
 * What a request that joined gets. Only a compare-and-set proves that no purge came between the rendering and the request
 * that joined it; a page that the fill read from the store may have been read before that purge, so it is read again.
 */
async function shared(answer: FillAnswer, tools: FillTools, request: CanonicalRequest): Promise<FillAnswer> {
  if (answer.kind === 'pass') {
    return answer;
  }
  if (answer.outcome === 'stored' || answer.outcome === 'validated') {
    return { ...answer, outcome: 'hit' };
  }
  return (await readAgain(answer.outcome, tools, request)) ?? { kind: 'pass', reason: 'not-shared' };
}

async function readAgain(
  outcome: string,
  tools: FillTools,
  request: CanonicalRequest,
): Promise<FillAnswer | undefined> {
  switch (outcome) {
    case 'hit':
      return lookUp(tools.pages, request.key);
    case 'stale':
    case 'stale-while-revalidate':
      return lookUpStale(tools, request, outcome);
    default:
      return undefined;
  }
}

async function lookUp(pages: FillTools['pages'], key: string): Promise<FillAnswer | undefined> {
  try {
    const value = await pages.get(key);
    return value && answerFrom(value);
  } catch (error) {
    unreachable(error);
    return undefined;
  }
}
