// A process that purges one tag and reports what it needed: see `purgeInChild`.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { nodeExists } from '../lambda/adapters/node-exists';
import { purge } from '../lambda/core/purge';
import { DynamoPageIndex } from '../lambda/stores/dynamo/page-index';
import { MemcachedPageStore } from '../lambda/stores/memcached/page-store';
import { standInClient } from '../local/dynamodb-stand-in';
import type { PurgeMeasurement, PurgeTask } from './child-purge';
import { peakResidentBytes } from './peak-memory';

// Often enough to see the heap between two collections.
const SAMPLE_EVERY = 5;

async function main(): Promise<void> {
  const [task] = (await once(process, 'message')) as [PurgeTask];
  const { config, tableName, dynamodbEndpoint, nodes, tag } = task;
  const client = standInClient(dynamodbEndpoint);
  // With their own deadlines: they are the purge function's too.
  const stores = {
    pages: new MemcachedPageStore({ nodes }),
    index: new DynamoPageIndex({ client, tableName, site: config.site, rowLife: config.storage.maxTtl }),
  };
  const tools = { ...stores, config, now: Date.now, newId: randomUUID, nodeExists };
  const purgeTag = (selected: string) =>
    purge(
      { selectors: [{ kind: 'tag', tag: selected }], pages: [], mode: 'delete', dryRun: false, caller: 'benchmark' },
      tools,
    );
  // Connections and the SDK's lazy parts are not the purge's.
  await purgeTag('of-no-page');
  globalThis.gc?.();
  const before = process.memoryUsage();
  let heapPeak = before.heapUsed;
  const sampler = setInterval(() => (heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed)), SAMPLE_EVERY);
  const start = performance.now();
  const receipt = await purgeTag(tag);
  const milliseconds = performance.now() - start;
  clearInterval(sampler);
  const measurement: PurgeMeasurement = {
    pages: receipt.pages,
    milliseconds,
    peakResidentBytes: peakResidentBytes(),
    residentBytesBefore: before.rss,
    heapGrowthBytes: heapPeak - before.heapUsed,
  };
  process.send?.(measurement);
  await Promise.all([stores.pages.close(), stores.index.close()]);
  process.disconnect();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
