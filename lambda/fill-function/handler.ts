import type { ALBResult } from 'aws-lambda';
import type { SiteConfig } from '../../lib/site/site-config';
import { albWriter } from '../adapters/alb-writer';
import type { Fill } from '../adapters/answer-nginx';
import type { Log } from '../adapters/log-json';
import type { Stores } from '../adapters/open-stores';
import { cachePage } from '../core/cache-page';
import type { View } from '../core/fill-tools';

export interface FillHandlerOptions {
  readonly config: SiteConfig;
  /** The same ones at each call. */
  readonly stores: () => Promise<Stores>;
  readonly view: View;
  readonly log: Log;
}

/** The fill function: renders and stores what nginx did not find, which asks it through a load balancer of its own. */
export function fillHandler({ config, stores, view, log }: FillHandlerOptions): (event: unknown) => Promise<ALBResult> {
  let made: Fill | undefined;
  const fill: Fill = async (request, asked) => {
    const opened = await stores();
    made ??= cachePage(view, { ...opened, config, now: Date.now });
    return made(request, asked);
  };
  return albWriter(config, fill, log);
}
