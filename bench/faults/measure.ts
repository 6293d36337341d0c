import { Cleanup } from '../cleanup';
import { startApplication, startSiteToBreak } from './broken-site';
import type { Fault } from './faults';
import { type Answer, visitWhile, type VisitorsTask } from './visitors';

/** How visitors come. */
export interface Load extends Pick<VisitorsTask, 'seconds' | 'rate' | 'connections'> {
  /** Milliseconds that the application needs for a page. */
  readonly rendering: number;
}

/** What visitors are given by a site of its own in which something breaks. */
export function measureFault(fault: Fault, { rendering, ...load }: Load, cleanup: Cleanup): Promise<Answer[]> {
  return withOwn(cleanup, async (own) => {
    const { site, stored } = await startSiteToBreak(await startApplication(rendering, own), own);
    const address = site.url.replace('http://', '');
    return visitWhile(() => fault.begin(site), { ...load, address, stored }, own);
  });
}

/** What they are given by the application alone, to which all pages are the same. */
export function measureOrigin({ rendering, ...load }: Load, cleanup: Cleanup): Promise<Answer[]> {
  return withOwn(cleanup, async (own) => {
    const stored = { 'a page of the other node': ['/page/0'], 'a page of the node that breaks': ['/page/1'] };
    const address = await startApplication(rendering, own);
    return visitWhile(() => Promise.resolve(), { ...load, address, stored }, own);
  });
}

/** Ends what is started for one measurement before the next. */
async function withOwn(cleanup: Cleanup, measure: (own: Cleanup) => Promise<Answer[]>): Promise<Answer[]> {
  const own = new Cleanup();
  void cleanup.started(Promise.resolve(own), (part) => part.run());
  try {
    return await measure(own);
  } finally {
    await own.run();
  }
}
