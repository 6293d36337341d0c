import { setTimeout as wait } from 'node:timers/promises';
import { parseSiteConfig } from '../../lib/site/site-config';
import { listenHttp, listenTcp, type ListeningServer } from '../support/listening-servers';
import { ask } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const PAGES = 30;
const VISITORS = 6;
// Before, during and after each fault.
const REQUESTS = 30;
const config = parseSiteConfig({ site: 'test', limits: { fillDeadline: 2 } });

let site: TestSite;
const servers: ListeningServer[] = [];
beforeEach(async () => {
  site = await startTestSite({ limits: { fillDeadline: 2 } });
  for (let i = 0; i < PAGES; i += 1) {
    site.origin.on(`/p/${i}`, (_, response) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=60', 'Content-Length': 7 }).end('content'),
    );
  }
});
afterEach(async () => {
  await site.stop();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Visits pages in turn from several visitors, and counts what was not the application's own answer. */
async function visit(): Promise<number> {
  let failed = 0;
  const visitor = async (_: unknown, number: number) => {
    for (let i = 0; i < REQUESTS; i += 1) {
      const { status, body } = await ask(site.address, `/p/${(i + number * 7) % PAGES}`).catch(() => ({
        status: 0,
        body: '',
      }));
      if (status !== 200 || body !== 'content') failed += 1;
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, visitor));
  return failed;
}

const node = () => site.memcached[0] as (typeof site.memcached)[number];
const kept = async (server: Promise<ListeningServer>) => {
  servers.push(await server);
  return (await server).address;
};
/** Puts something else in a part's place, for nginx. */
const replace = (parts: Partial<TestSite['deployment']>) => site.nginx.reload(config, { ...site.deployment, ...parts });
const garbage = (bytes: string) => kept(listenTcp((socket) => void socket.on('data', () => socket.write(bytes))));

const FAULTS: [string, () => Promise<unknown>][] = [
  ['a memcached is killed', () => node().stop()],
  ['every memcached is killed', () => Promise.all(site.memcached.map((one) => one.stop()))],
  ['a memcached hangs', () => Promise.resolve(process.kill(node().pid, 'SIGSTOP'))],
  ['memcached answers garbage', async () => replace({ nodes: [await garbage('\x00\xff nonsense\r\n')] })],
  ['memcached answers with half a value', async () => replace({ nodes: [await garbage('VALUE x 0 100\r\nHTTP/1.1')] })],
  [
    'memcached answers with another key',
    async () => replace({ nodes: [await garbage('VALUE x 0 2\r\nab\r\nEND\r\n')] }),
  ],
  ['memcached is full', async () => replace({ nodes: [await garbage('SERVER_ERROR out of memory\r\n')] })],
  ['memcached closes at once', async () => replace({ nodes: [await kept(listenTcp((socket) => socket.destroy()))] })],
  ['the writer is killed', () => site.writer.stop()],
  ['the writer closes at once', async () => replace({ writer: await kept(listenTcp((socket) => socket.destroy())) })],
  [
    'the writer says nothing but to ask the origin',
    async () =>
      replace({
        writer: await kept(listenHttp((_, response) => response.writeHead(200, { 'X-Accel-Redirect': '@pass' }).end())),
      }),
  ],
  ['the table is gone', () => site.dynamo.close()],
  ['nginx is reloaded', () => replace({})],
];

test.each(FAULTS)('no request fails when %s', async (_, fault) => {
  expect(await visit()).toBe(0);
  const during = visit();
  await wait(50);
  await fault();
  expect(await during).toBe(0);
  expect(await visit()).toBe(0);
});
