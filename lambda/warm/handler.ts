import type { SiteConfig } from '../../lib/site/site-config';
import { WARM_WORKERS } from '../../lib/site/warming';
import type { Stores } from '../adapters/open-stores';
import { sitemapFile } from '../adapters/sitemap-file';
import { type View, type Wait, waitByTimer } from '../core/fill-tools';
import { Pace } from '../core/pace';
import { refreshAhead } from '../core/refresh-ahead';
import { warmPages } from '../core/warm-render';
import { WarmTally } from '../core/warm-result';
import { findPages } from '../core/warm-sitemap';
import { parseWarmWork, type SitemapWork, type WarmAnswer } from '../core/warm-work';
import type { CallContext } from '../purge/handler';

export interface WarmHandlerOptions {
  readonly config: SiteConfig;
  readonly stores: () => Promise<Stores>;
  /** Renders pages. @default - all work is refused */
  readonly view?: View;
  /** Gets sitemaps, which are larger than pages. @default - the same view */
  readonly sitemapView?: View;
  /** @default - the process's timers */
  readonly wait?: Wait;
}

// Whoever has called waits for 15 minutes at most, and has something to do with the answer.
const MOST_TIME = 10 * 60_000;

/**
 * The function that warms pages, inside the VPC: does a piece of work and says what came of it. Of the site's rate and
 * concurrency towards the origin it has the share of one of `WARM_WORKERS`.
 *
 * The handler throws WarmWorkError with every fault of the event, and Error for a sitemap that could not be read now.
 */
export function warmHandler({
  config,
  stores,
  view,
  sitemapView = view,
  wait = waitByTimer,
}: WarmHandlerOptions): (event: unknown, context?: CallContext) => Promise<WarmAnswer> {
  const { requestsPerSecond, concurrency } = config.warming;
  const newPace = () => new Pace(requestsPerSecond / WARM_WORKERS, () => performance.now(), wait);
  // A page takes its turn before its fill, whose deadline must not pass by waiting, and again at the origin: what fills do
  // before they render takes now longer, now shorter, and would send several at once.
  const [pace, paceAtOrigin] = [newPace(), newPace()];
  return async (event, context) => {
    const work = parseWarmWork(config, event);
    if (view === undefined || sitemapView === undefined) {
      throw new Error('nothing can be warmed: what renders the pages of this site cannot reach its origin');
    }
    if (work.kind === 'sitemap') {
      await pace.turn();
      return readSitemapOf(work, config, sitemapView);
    }
    const end = performance.now() + Math.min(context?.getRemainingTimeInMillis() ?? MOST_TIME, MOST_TIME);
    const timeLeft = () => end - performance.now();
    const pacedView: View = async (...request) => {
      await paceAtOrigin.turn();
      return view(...request);
    };
    const tools = {
      ...(await stores()),
      ...{ config, view: pacedView, pace, wait, timeLeft, now: Date.now },
      concurrency: Math.floor(concurrency / WARM_WORKERS),
    };
    return work.kind === 'pages' ? warmPages(work, tools) : refreshAhead(work, tools);
  };
}

async function readSitemapOf(work: SitemapWork, config: SiteConfig, view: View): Promise<WarmAnswer> {
  const file = await sitemapFile(view, config, work.url);
  if (typeof file !== 'string') {
    return findPages(config, work, file);
  }
  const tally = new WarmTally();
  tally.add('failed', { url: work.url, reason: 'bad-sitemap', detail: file });
  return { result: tally.result };
}
