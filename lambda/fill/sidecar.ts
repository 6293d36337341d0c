import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { BackgroundFills } from '../adapters/background-fills';
import { followNodes, readNodes, usableNodes } from '../adapters/cluster';
import { openStores } from '../adapters/open-stores';
import { FillMetrics } from '../adapters/fill-metrics';
import { originView } from '../adapters/origin-view';
import { logJson } from '../adapters/log-json';
import { linePrinter } from '../adapters/metrics';
import { writerServer } from '../adapters/node-http';
import { nodeExists } from '../adapters/node-exists';
import { printEvery } from '../adapters/print-every';
import { unsafeProxy } from '../adapters/unsafe-proxy';
import { cachePage } from '../core/cache-page';
import { invalidator } from '../core/invalidate';
import { readEnvironment } from '../environment';

/** The writer beside nginx: answers misses on `NMS_WRITER` until it is told to stop, then finishes what it began. */
async function main(): Promise<void> {
  const env = readEnvironment([
    'site',
    'origin',
    'originHostHeader',
    'cache',
    'table',
    'dynamodbEndpoint',
    'writer',
    'watchEvery',
    'metrics',
    'metricsEvery',
    'originSecret',
    'variantKeys',
  ]);
  const config = env.site;
  const nodes = await readNodes(env.cache);
  const stores = openStores(env, nodes);
  const tools = { ...stores, config, now: Date.now, newId: randomUUID, nodeExists };
  followNodes(
    async () => usableNodes(await readNodes(env.cache), tools),
    nodes,
    {
      changed: (changed) => stores.pages.setNodes(changed),
      failed: (error) => logJson('nodes-not-read', { error }),
    },
    env.watchEvery * 1000,
  );
  const origin = originView({ config, ...env });
  const background = new BackgroundFills(logJson);
  const invalidate = invalidator(tools, {
    failed: (selectors, error) => logJson('not-invalidated', { selectors, error }),
  });
  const unsafe = unsafeProxy({ origin: env.origin, invalidate, log: logJson });
  const metrics = new FillMetrics(config.site);
  const fill = metrics.measured(cachePage(origin.view, { ...tools, background: background.take }));
  const server = writerServer(config, fill, metrics.counted(logJson), unsafe);
  const report = printEvery(
    env.metricsEvery,
    () => metrics.line(),
    linePrinter(env),
    (error) => logJson('no-metrics', { error }),
  );
  const [host, port] = env.writer.split(':');
  server.listen(Number(port), host);
  await once(server, 'listening');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  server.close();
  await once(server, 'close');
  await background.done();
  await report.stop();
  await Promise.all([origin.close(), stores.pages.close(), stores.index.close()]);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
