import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Ring } from '../../lambda/stores/ring';
import { startConfigurationEndpoint } from '../../local/configuration-endpoint';
import { startMemcached } from '../../local/memcached';
import type { LoggedRequest } from '../../local/nginx';
import { failuresUnder, redeploy, startBreakableSite } from '../support/faults';
import { Gate, wayTo } from '../support/gate';
import { listenHttp } from '../support/listening-servers';
import type { TestSite } from '../support/test-site';
import { Visits } from '../support/visits';

// Nothing here waits that long but on a very busy machine.
jest.setTimeout(180_000);

let site: TestSite;
let visits: Visits | undefined;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await visits?.stop();
  visits = undefined;
  await site?.stop();
  for (const stop of stops.splice(0)) await stop();
});

const THROTTLED = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'slower' });
const refusing = () => listenHttp((_, response) => response.writeHead(400).end(THROTTLED));

const TABLE_FAULTS: [string, (gate: Gate) => Promise<void>][] = [
  ['the table is gone', (gate) => gate.lead()],
  // A fill waits a second for the table, then renders.
  ['the table never answers', (gate) => gate.lead(() => undefined)],
  [
    'the table refuses everything',
    async (gate) => {
      const table = await refusing();
      stops.push(() => table.close());
      await gate.lead(wayTo(() => table.address));
    },
  ],
];

test.each(TABLE_FAULTS)('no request fails when %s', async (_, breakTable) => {
  const table = wayTo(() => new URL(site.dynamo.endpoint).host);
  const gate = await Gate.start(table);
  stops.push(() => gate.close());
  site = await startBreakableSite({ env: { NMS_DYNAMODB_ENDPOINT: `http://${gate.address}` } });
  const begin = async () => {
    await breakTable(gate);
    return () => gate.lead(table);
  };
  const felt = 'fwd=uri-miss; detail=index-unreachable';
  expect(await failuresUnder(site, { felt, answers: 4, begin })).toEqual([]);
});

test('no request fails when nginx is reloaded, again and again', async () => {
  site = await startBreakableSite();
  visits = await Visits.start(site);
  for (let reload = 0; reload < 3; reload += 1) {
    const before = await workers();
    await redeploy(site, {});
    while ((await workers()).some((worker) => before.includes(worker))) await wait(20);
    await visits.answers(5);
  }
  expect(await visits.stop()).toEqual([]);
});

/** The processes of nginx that answer. */
async function workers(): Promise<string[]> {
  const { pid } = site.nginx;
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
}

test('while the origin restarts, only what it alone can answer fails, and nothing after that', async () => {
  site = await startBreakableSite();
  visits = await Visits.start(site);
  await visits.answers(10);
  expect(visits.failed).toEqual([]);
  await site.origin.close();
  await visits.hitEverywhere();
  await visits.answers(10);
  await site.origin.reopen();
  // What was asked for before has been answered.
  await visits.answers(1);
  const whileDown = [...visits.failed];
  // nginx says so, for the origin.
  expect(new Set(whileDown.map(({ failure }) => failure?.slice(0, 3)))).toEqual(new Set(['502']));
  await visits.answers(10);
  await visits.see('hit', 'fwd=uri-miss; stored');
  expect(await visits.stop()).toEqual(whileDown);
});

test('no request fails when a memcached node is replaced, and the new one is used', async () => {
  const nodes = await Promise.all([1, 2, 3].map(() => startMemcached()));
  const [staying, leaving, coming] = nodes.map(({ address }) => address) as [string, string, string];
  const cluster = await startConfigurationEndpoint([staying, leaving]);
  stops.push(() => cluster.close(), ...nodes.map((node) => () => node.stop()));
  const env = { NMS_CACHE_NODES: '', NMS_CACHE_ENDPOINT: cluster.address, NMS_WATCH_EVERY: '1' };
  site = await startBreakableSite({ memcachedNodes: 0, env });
  await redeploy(site, { nodes: [staying, leaving] });
  visits = await Visits.start(site);
  await visits.answers(10);

  const now = [staying, coming].sort();
  cluster.setNodes(now);
  await Promise.all([redeploy(site, { nodes: now }), nodes[1]?.stop()]);
  await visits.answers(10);
  const ring = new Ring(now);
  for (;;) {
    const [{ key, cache }] = (await once(site.nginx.requests, 'request')) as [LoggedRequest];
    if (cache.endsWith('; hit') && ring.nodeOf(key) === coming) break;
  }
  expect(await visits.stop()).toEqual([]);
});
