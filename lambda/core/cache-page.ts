import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { answerFrom } from './claim';
import { fill, type FillOptions } from './fill';
import type { FillAnswer, FillTools, View } from './fill-tools';
import { Flights } from './flights';
import { lookUpStale } from './stale';
import { unreachable } from './unreachable';

/**
 * Puts a view behind the page cache: the function that every writer calls for a request that nginx did not find. What
 * requests are eligible, and the canonical form of each, is decided before; that a client goes away changes nothing.
 *
 * Simultaneous requests for one page key join one rendering.
 */
export function cachePage(view: View, tools: FillTools): (request: CanonicalRequest) => Promise<FillAnswer> {
  const fillOnce = sharedFills(tools);
  return (request) => fillOnce(request, view);
}

/** The same where every request brings its own view. Of simultaneous ones, one view renders for all. */
export function sharedFills(
  tools: FillTools,
): (request: CanonicalRequest, view: View, options?: Pick<FillOptions, 'deadline'>) => Promise<FillAnswer> {
  const flights = new Flights<FillAnswer>();
  return async (request, view, options) => {
    if (isAway(tools.pages, request.key)) {
      // Nothing is stored, so nothing could be shared: whoever waited for another's rendering would wait for their own then.
      return fill(tools, view, request, { ...options, staleIfError: true });
    }
    // Once the compare-and-set is sent, a purge may come after it and be acknowledged before the fill hears of it:
    // whoever asks from then on must not get the fill's page.
    const { leads, result } = flights.join(request.key, (close) =>
      fill(tools, view, request, { ...options, onPublish: close, staleIfError: true }),
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
  if (answer.kind === 'pass' || answer.outcome === 'stored') {
    return answer;
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
      return lookUpStale(tools, request);
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
