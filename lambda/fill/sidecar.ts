import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { BackgroundFills } from '../adapters/background-fills';
import { followNodes, readNodes, usableNodes } from '../adapters/cluster';
import { openStores } from '../adapters/open-stores';
import { originView } from '../adapters/origin-view';
import { logJson } from '../adapters/log-json';
import { writerServer } from '../adapters/node-http';
import { nodeExists } from '../adapters/node-exists';
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
  const server = writerServer(
    config,
    cachePage(origin.view, { ...tools, background: background.take }),
    logJson,
    unsafe,
  );
  const [host, port] = env.writer.split(':');
  server.listen(Number(port), host);
  await once(server, 'listening');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  server.close();
  await once(server, 'close');
  await background.done();
  await Promise.all([origin.close(), stores.pages.close(), stores.index.close()]);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
