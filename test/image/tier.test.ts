import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type ConfigurationEndpoint, startConfigurationEndpoint } from '../../local/configuration-endpoint';
import { createTable, type DynamoStandIn, standInClient, startDynamoStandIn } from '../../local/dynamodb-stand-in';
import { freePort } from '../../local/free-port';
import { type LocalMemcached, startMemcached } from '../../local/memcached';
import { type Container, startContainer } from '../support/container';
import { listenHttp } from '../support/listening-servers';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage, startTestOrigin, type TestOrigin } from '../support/test-origin';

let origin: TestOrigin;
let dynamo: DynamoStandIn;
let memcached: LocalMemcached[];
let cluster: ConfigurationEndpoint;
let env: Record<string, string>;
let tier: Container;
let writer: Container;
let site: string;
let health: string;

beforeAll(async () => {
  origin = await startTestOrigin();
  for (let i = 0; i < 40; i += 1) origin.on(`/p/${i}`, freshPage());
  dynamo = await startDynamoStandIn();
  const client = standInClient(dynamo.endpoint);
  await createTable(client, 'site');
  client.destroy();
  memcached = [await startMemcached(), await startMemcached(), await startMemcached()];
  // A node that has just been removed may still be listed.
  cluster = await startConfigurationEndpoint([...nodes(0, 1), 'gone.invalid:11211']);
  const [listen, status, sidecar] = [await freePort(), await freePort(), await freePort()];
  [site, health] = [`127.0.0.1:${listen}`, `127.0.0.1:${status}`];
  env = {
    NMS_ORIGIN: `http://${origin.address}`,
    NMS_TABLE: 'site',
    NMS_DYNAMODB_ENDPOINT: dynamo.endpoint,
    NMS_CACHE_ENDPOINT: cluster.address,
    NMS_LISTEN: site,
    NMS_STATUS_LISTEN: health,
    NMS_WRITER: `127.0.0.1:${sidecar}`,
    NMS_WATCH_EVERY: '1',
    NMS_METRICS_EVERY: '1',
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  tier = startContainer('tier.js', env);
  writer = startContainer('sidecar.js', env);
  await until(() => isHealthy());
  cluster.setNodes(nodes(0, 1));
  await until(async () => cacheStatus(await ask(site, '/p/0')) === 'hit');
});
afterAll(async () => {
  await Promise.all([tier?.stop('SIGKILL'), writer?.stop('SIGKILL')]);
  await Promise.all(memcached?.map((node) => node.stop()));
  await Promise.all([cluster?.close(), dynamo?.close(), origin?.close()]);
});

const nodes = (...numbers: number[]) => numbers.map((i) => memcached[i]?.address as string).sort();
const isHealthy = (at = health) => ask(at, '/health').then(({ status }) => status === 200, () => false); // prettier-ignore
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(20);
}
const reloads = () => tier.output().split('"event":"reloaded"').length - 1;

test('the container serves pages from its read-only image, as an unprivileged user', async () => {
  // A busy machine may let Memcached be late: such a page is not stored.
  await until(async () => cacheStatus(await ask(site, '/p/1')) === 'hit');
  expect(tier.output()).toContain('"target":"/p/1","status":200');
});

test('the containers tell CloudWatch what they answered and rendered', async () => {
  await until(() => /"Site":"[^"]+","Hits":\d+/.test(tier.output()));
  await until(() => /"FillDuration":\[[\d.]+/.test(writer.output()));
});

test('the nodes of the cluster change ten times under load, and no request fails', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const statuses: (number | string)[] = [];
  let done = false;
  const visit = (path: string) =>
    new Promise<void>((resolve) => {
      const end = (status: number | string) => {
        statuses.push(status);
        resolve();
      };
      const [host, port] = site.split(':');
      get({ host, port, path, agent, headers: { Host: 'www.example.com' } }, (response) => {
        response.resume().once('end', () => end(response.statusCode ?? 0));
      }).once('error', (error) => end(error.message));
    });
  const visitor = async () => {
    for (let i = 0; !done; i += 1) await visit(`/p/${i % 40}`);
  };
  const visitors = Array.from({ length: 8 }, visitor);
  const before = reloads();
  for (let change = 1; change <= 10; change += 1) {
    cluster.setNodes(change % 2 === 1 ? nodes(0, 1, 2) : nodes(0, 1));
    await until(() => reloads() - before >= change);
  }
  done = true;
  await Promise.all(visitors);
  agent.destroy();
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(statuses.length).toBeGreaterThan(1000);
}, 120_000);

test('where there is a fill function, its load balancer is asked in the writer’s place', async () => {
  const asked: unknown[] = [];
  const balancer = await listenHttp(({ headers }, response) => {
    asked.push([headers.host, headers['x-nms-target']]);
    response.writeHead(200, { 'X-Nms-Status': '404', 'X-Nms-Outcome': 'stored' }).end('filled');
  });
  const [listen, status] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const other = startContainer('tier.js', {
    ...{ ...env, NMS_LISTEN: listen, NMS_STATUS_LISTEN: status, NMS_FILL_FUNCTION: balancer.address },
  });
  try {
    await until(() => isHealthy(status));
    const answer = await ask(listen, '/caf%c3%a9?b&a');
    expect([answer.status, answer.body, cacheStatus(answer)]).toEqual([404, 'filled', 'fwd=uri-miss; stored']);
    expect(asked).toEqual([['www.example.com', '%2Fcaf%C3%A9?a&b']]);
  } finally {
    await other.stop('SIGKILL');
    await balancer.close();
  }
});

test('with the configuration endpoint gone the last nodes stay', async () => {
  await cluster.close();
  await until(() => tier.output().includes('configuration-not-followed'));
  await until(async () => cacheStatus(await ask(site, '/p/1')) === 'hit');
});

test('told to stop, it finishes what it has begun', async () => {
  let finish = () => undefined as void;
  const begun = new Promise<void>((resolve) => {
    origin.on('/slow', (_request, response) => {
      finish = () => response.end('whole');
      resolve();
    });
  });
  const answer = ask(site, '/slow', { Cookie: 'session=1' });
  await begun;
  const stopped = tier.stop('SIGTERM');
  await until(async () => !(await isHealthy()));
  finish();
  expect((await answer).body).toBe('whole');
  expect(await stopped).toBe(0);
}, 120_000);

test('started without its settings, it names all that are missing or bad at once', async () => {
  const bare = startContainer('tier.js', { NMS_LISTEN: 'x', NMS_WATCH_EVERY: '0' });
  expect(await bare.ended).toBe(1);
  const output = bare.output();
  await bare.stop('SIGKILL');
  const faults = ['NMS_CACHE_ENDPOINT', 'NMS_TABLE', 'NMS_ORIGIN', 'NMS_LISTEN', 'NMS_WATCH_EVERY'];
  for (const name of faults) expect(output).toContain(name);
});
