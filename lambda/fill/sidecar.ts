import { once } from 'node:events';
import { followNodes, readNodes } from '../adapters/cluster';
import { openStores } from '../adapters/open-stores';
import { originView } from '../adapters/origin-view';
import { logJson } from '../adapters/log-json';
import { writerServer } from '../adapters/node-http';
import { cachePage } from '../core/cache-page';
import { readEnvironment } from '../environment';

/** The writer beside nginx: answers misses on `NMS_WRITER` until it is told to stop, then finishes what it began. */
async function main(): Promise<void> {
  const environment = readEnvironment([
    'site',
    'origin',
    'originHostHeader',
    'cache',
    'table',
    'dynamodbEndpoint',
    'writer',
  ]);
  const config = environment.site;
  const nodes = await readNodes(environment.cache);
  const stores = openStores(environment, nodes);
  followNodes(environment.cache, nodes, {
    changed: (changed) => stores.pages.setNodes(changed),
    failed: (error) => logJson('nodes-not-read', { error }),
  });
  const origin = originView({ config, ...environment });
  const fill = cachePage(origin.view, { ...stores, config, now: Date.now });
  const server = writerServer(config, fill, logJson);
  const [host, port] = environment.writer.split(':');
  server.listen(Number(port), host);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
  await Promise.all([origin.close(), stores.pages.close(), stores.index.close()]);
}

void main();
