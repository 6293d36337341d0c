// A process that warms a site from its sitemap and reports what it needed: see bench/warm.ts.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Stores } from '../../lambda/adapters/open-stores';
import { originView } from '../../lambda/adapters/origin-view';
import { MOST_SITEMAP_BYTES } from '../../lambda/adapters/sitemap-file';
import { forEachAtOnce } from '../../lambda/core/batches';
import { doPart, startWarm, type WarmPorts } from '../../lambda/core/warm';
import { parseWarmRequest } from '../../lambda/core/warm-request';
import type { WarmResult } from '../../lambda/core/warm-result';
import type { WarmPart } from '../../lambda/core/warm-work';
import { DynamoPageIndex } from '../../lambda/stores/dynamo/page-index';
import { DynamoWarmLog } from '../../lambda/stores/dynamo/warm-log';
import { MemcachedPageStore } from '../../lambda/stores/memcached/page-store';
import { warmHandler } from '../../lambda/warm/handler';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { WARM_WORKERS } from '../../lib/site/warming';
import { PATIENT, standInClient } from '../../local/dynamodb-stand-in';
import { peakResidentBytes } from '../peak-memory';

/** What a warming process is told. */
export interface WarmTask {
  readonly config: SiteConfigInput;
  readonly origin: string;
  readonly sitemap: string;
  readonly nodes: readonly string[];
  readonly tableName: string;
  readonly dynamodbEndpoint: string;
}

/** What it reports. */
export interface WarmMeasurement {
  readonly pages: WarmResult;
  readonly milliseconds: number;
  readonly peakResidentBytes: number;
  readonly residentBytesBefore: number;
  readonly heapGrowthBytes: number;
}

const SAMPLE_EVERY = 5;

async function main(): Promise<void> {
  const [task] = (await once(process, 'message')) as [WarmTask];
  const { origin, sitemap, nodes, tableName, dynamodbEndpoint } = task;
  const config = parseSiteConfig(task.config);
  const client = standInClient(dynamodbEndpoint);
  const pages = new MemcachedPageStore({ nodes, commandTimeout: 10_000 });
  const index = new DynamoPageIndex({
    client,
    tableName,
    site: config.site,
    rowLife: config.storage.maxTtl,
    ...PATIENT,
  });
  const view = { config, origin, originHostHeader: 'visitor' } as const;
  const worker = () =>
    warmHandler({
      config,
      stores: () => Promise.resolve({ pages, index } as Stores),
      view: originView(view).view,
      sitemapView: originView({ ...view, mostBytes: MOST_SITEMAP_BYTES }).view,
    });
  const queue: WarmPart[] = [];
  const ports = (work: WarmPorts['work']): WarmPorts => ({
    ...{ config, newId: randomUUID, now: Date.now, work },
    warms: new DynamoWarmLog({ client, tableName, site: config.site }),
    send: (parts) => Promise.resolve(void queue.push(...parts)),
  });
  globalThis.gc?.();
  const before = process.memoryUsage();
  let heapPeak = before.heapUsed;
  const sampler = setInterval(() => (heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed)), SAMPLE_EVERY);
  const start = performance.now();
  const workers = Array.from({ length: WARM_WORKERS }, () => ports(worker()));
  const [first] = workers as [WarmPorts];
  const request = parseWarmRequest(config, { sitemaps: [sitemap] }, Date.now());
  if (request.kind === 'progress') throw new Error('a warm was to begin');
  const { warm } = await startWarm(request, first);
  while (queue.length > 0) {
    const parts = queue.splice(0);
    // Each worker takes the next part when it is done with one, as a queue's two calls do.
    const left = parts[Symbol.iterator]();
    await forEachAtOnce(workers, WARM_WORKERS, async (worker) => {
      for (let next = left.next(); !next.done; next = left.next()) await doPart(next.value, worker, true);
    });
  }
  const milliseconds = performance.now() - start;
  clearInterval(sampler);
  const progress = await first.warms.read(warm);
  if (progress?.state !== 'done') throw new Error('the warm is not done');
  const measurement: WarmMeasurement = {
    ...{ pages: progress.pages, milliseconds, peakResidentBytes: peakResidentBytes() },
    ...{ residentBytesBefore: before.rss, heapGrowthBytes: heapPeak - before.heapUsed },
  };
  await new Promise((sent) => process.send?.(measurement, sent));
  process.exit();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
