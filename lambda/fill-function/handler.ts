import type { ALBResult } from 'aws-lambda';
import type { SiteConfig } from '../../lib/site/site-config';
import { albWriter } from '../adapters/alb-writer';
import type { Fill } from '../adapters/answer-nginx';
import { FillMetrics } from '../adapters/fill-metrics';
import type { Log } from '../adapters/log-json';
import type { Print } from '../adapters/metrics';
import type { Stores } from '../adapters/open-stores';
import { cachePage } from '../core/cache-page';
import type { View } from '../core/fill-tools';

export interface FillHandlerOptions {
  readonly config: SiteConfig;
  /** The same ones at each call. */
  readonly stores: () => Promise<Stores>;
  readonly view: View;
  readonly log: Log;
  /** Takes what each fill came to. */
  readonly print: Print;
}

/** The fill function: renders and stores what nginx did not find, which asks it through a load balancer of its own. */
export function fillHandler({
  config,
  stores,
  view,
  log,
  print,
}: FillHandlerOptions): (event: unknown) => Promise<ALBResult> {
  let made: Fill | undefined;
  const fill: Fill = async (request, asked) => {
    const opened = await stores();
    made ??= cachePage(view, { ...opened, config, now: Date.now });
    return made(request, asked);
  };
  const metrics = new FillMetrics(config.site);
  const write = albWriter(config, metrics.measured(fill), metrics.counted(log));
  return async (event) => {
    try {
      return await write(event);
    } finally {
      const line = metrics.line();
      if (line !== undefined) print(line);
    }
  };
}
