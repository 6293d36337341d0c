import type { ProcessPages } from '../../../lambda/pages/process-pages';
import { SitePages } from '../../../lambda/pages/site-pages';
import type { SiteConfigInput } from '../../../lib/site/site-config';
import { makeWorld, type World } from '../core/page-cache-world';

/** A site in this process. */
export interface SiteUnderTest extends ProcessPages {
  readonly world: World;
  readonly logged: { readonly event: string; readonly details: Readonly<Record<string, unknown>> }[];
}

/** A site whose pages are in this process, with a clock of its own. */
export function siteUnderTest(config: Partial<SiteConfigInput> = {}, given: Partial<ProcessPages> = {}): SiteUnderTest {
  const world = makeWorld(config);
  const logged: SiteUnderTest['logged'] = [];
  const pages = new SitePages(
    () => Promise.resolve(world),
    (event, details) => logged.push({ event, details }),
  );
  return { pages, site: world.config, behindLoadBalancer: false, world, logged, ...given };
}
