import { parseSiteConfig } from '../../lib/site/site-config';
import { type LocalSite, startSite } from '../../local/site';
import type { Cleanup } from '../cleanup';
import { startDistinctOrigin } from './distinct-origin';
import { inspectorAddress } from './live-heap';

/** A whole local site of which every page is missed, and the writer's inspector. */
export interface MissedSite extends LocalSite {
  readonly inspector: string;
}

export async function startMissedSite(cleanup: Cleanup): Promise<MissedSite> {
  const origin = await cleanup.started(startDistinctOrigin(), (server) => server.close());
  let inspector: string | undefined;
  const site = await cleanup.started(
    startSite({
      config: parseSiteConfig({ site: 'bench' }),
      origin: origin.url,
      // A task has no source maps, which are large once an error has been written.
      writerOptions: ['--no-enable-source-maps', '--inspect=127.0.0.1:0'],
      onMessage: (line) => {
        inspector ??= inspectorAddress(line);
        if (!/^(?:Debugger|For help)/.test(line)) console.error(line);
      },
    }),
    (running) => running.stop(),
  );
  if (inspector === undefined) throw new Error("the writer's Node did not say where its inspector is");
  return { ...site, inspector };
}
