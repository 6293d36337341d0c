import { randomBytes } from 'node:crypto';
import { setImmediate as immediately } from 'node:timers/promises';
import type { FillTools } from '../../../lambda/core/fill-tools';
import type { PagesEnvironment } from '../../../lambda/pages/environment';
import { toolsOf } from '../../../lambda/pages/process-pages';
import { SitePages } from '../../../lambda/pages/site-pages';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { startConfigurationEndpoint } from '../../../local/configuration-endpoint';
import { createTable, type DynamoStandIn, standInClient, startDynamoStandIn } from '../../../local/dynamodb-stand-in';
import { freePort } from '../../../local/free-port';
import { requestFor, textPage } from '../core/page-cache-world';

const site = parseSiteConfig({ site: 'test' });
const table = `site-${randomBytes(4).toString('hex')}`;

let dynamo: DynamoStandIn;
let logged: string[];
let now: number;
beforeAll(async () => {
  const credentials = { AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  Object.assign(process.env, credentials);
  dynamo = await startDynamoStandIn();
  await createTable(standInClient(dynamo.endpoint), table);
});
afterAll(() => dynamo?.close());
beforeEach(() => {
  logged = [];
  now = 0;
});

function open(cache: PagesEnvironment['cache'], dynamodbEndpoint = dynamo.endpoint) {
  const environment = { site, cache, table, dynamodbEndpoint, watchEvery: 30, behindLoadBalancer: false };
  return toolsOf(
    environment,
    (event) => logged.push(event),
    () => now,
  );
}

test('while the nodes are not known the cache is passed by, and is tried again only after a while', async () => {
  const nobody = `127.0.0.1:${await freePort()}`;
  const pages = new SitePages(open({ endpoint: nobody }), () => undefined);
  const ask = () => pages.answer(requestFor(site), () => Promise.resolve(textPage('page')));

  const passed = { cacheStatus: 'nginx-memcache-site; fwd=uri-miss; detail=unreachable' };
  expect([await ask(), await ask(), logged]).toEqual([passed, passed, ['nodes-not-read']]);
  now += 5000;
  expect([await ask(), logged]).toEqual([passed, ['nodes-not-read', 'nodes-not-read']]);
});

test('the nodes of the cluster are followed, and stay what they were while it does not say', async () => {
  const cluster = await startConfigurationEndpoint(['a.internal:11211']);
  const toolsOfNow = open({ endpoint: cluster.address });
  const nodes = async () => ((await toolsOfNow()) as FillTools).pages.nodes;
  // Of a look that takes longer than requests wait, the next one knows.
  const until = async (expected: readonly string[]) => {
    while ((await nodes()).join() !== expected.join()) await immediately();
  };

  expect(await nodes()).toEqual(['a.internal:11211']);
  cluster.setNodes(['a.internal:11211', 'b.internal:11211']);
  expect(await nodes()).toEqual(['a.internal:11211']);
  now += 30_000;
  await until(['a.internal:11211', 'b.internal:11211']);
  await cluster.close();
  now += 30_000;
  expect(await nodes()).toEqual(['a.internal:11211', 'b.internal:11211']);
});

test('a node that missed a purge is not used before it is emptied', async () => {
  const gone = `127.0.0.1:${await freePort()}`;
  const other = `127.0.0.1:${await freePort()}`;
  const tools = (await open({ nodes: [gone] })()) as FillTools;
  await tools.index.registerNode(gone);
  await tools.index.missNode(gone);

  const again = (await open({ nodes: [gone, other] })()) as FillTools;
  expect(again.pages.nodes).toEqual([other]);
  expect(logged).toEqual([]);
});
