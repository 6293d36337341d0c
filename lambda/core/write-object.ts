import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { fill } from './fill';
import type { FillAnswer, View } from './fill-tools';
import { ObjectGoneError } from './object-gone';
import type { PageTerms } from './page-terms';
import { purge, type PurgeTools } from './purge';
import { parsePurgeRequest } from './purge-request';
import { isStorageReason } from './reasons';
import { defaultPage } from './warm-pages';

/** A page that is an object of a bucket. */
export interface ObjectPage {
  readonly url: string;
  /** Gets the object as it is now. @throws ObjectGoneError */
  readonly view: View;
  readonly terms: PageTerms;
  /** Who asks, for the audit of purges. */
  readonly caller: string;
}

/** What became of the page: it is stored, there is no object and no page any more, or why there may be none. */
export interface ObjectResult {
  readonly url: string;
  readonly outcome: string;
}

// Simultaneous events of one object take the page from one another; each time one of them wins.
const TRIES = 10;

/**
 * Stores the page that an object is, over what lies there. The object is got after the page's key is claimed: of two that
 * get different versions, the one that claimed earlier cannot publish after the other. So the order of events does not
 * count. Where there is no object, or one that may not be stored, what lies there is of an earlier object, and purged.
 *
 * @throws Error when the object, the store or the index does not answer: asking again is safe.
 */
export async function writeObject(page: ObjectPage, tools: PurgeTools): Promise<ObjectResult> {
  const { url } = page;
  const request = defaultPage(tools.config, url);
  if ('reason' in request) {
    return { url, outcome: request.reason };
  }
  let purged: string | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const outcome = outcomeOf(await fillFrom(page, request, tools));
    if (outcome === 'stored' || (outcome !== 'again' && outcome === purged)) {
      return { url, outcome };
    }
    if (outcome !== 'again') {
      await purgePage(page, tools);
      // The object may have come meanwhile, and its page have been purged: what there is is looked at again.
      purged = outcome;
    }
  }
  throw new Error(`${url}: the page was changed by others ${TRIES} times while it was written`);
}

function fillFrom({ view, terms }: ObjectPage, request: CanonicalRequest, tools: PurgeTools): Promise<FillAnswer> {
  return fill(tools, view, request, { over: 'anything', terms });
}

/** `stored`, `gone`, `again`, or the reason for which the object may not be a page. */
function outcomeOf(answer: FillAnswer): string {
  const reason = answer.kind === 'page' ? answer.outcome : answer.reason;
  if (answer.cause instanceof ObjectGoneError) {
    return 'gone';
  }
  if (reason === 'purged' || reason === 'lost') {
    return 'again';
  }
  if (reason === 'stored' || isStorageReason(reason)) {
    return reason;
  }
  throw new Error(`the page could not be written: ${reason}`, { cause: answer.cause });
}

async function purgePage({ url, caller }: ObjectPage, tools: PurgeTools): Promise<void> {
  const field = tools.config.purging.index === 'full' ? 'urls' : 'exactUrls';
  await purge(parsePurgeRequest(tools.config, { [field]: [url], caller }), tools);
}
