import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { Pool } from 'undici';
import { inspectorAddress, liveHeapOf } from '../../bench/memory/live-heap';
import { exchange } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

/*
 * A writer serves every visitor of its task for weeks. Whatever they ask for, and however their requests end, what it keeps when
 * all garbage is collected stays the same.
 */

const BODY = randomBytes(7500).toString('base64');
const LARGE = Buffer.alloc(400_000, 'x');
let site: TestSite;
let pool: Pool;
let inspector: string;
beforeAll(async () => {
  site = await startTestSite(
    { purging: { onUnsafeRequests: true }, limits: { pageSize: 16_384, passMarkerTtl: 0 } },
    // Source maps are large once an error has been written.
    { writerOptions: ['--no-enable-source-maps', '--inspect=127.0.0.1:0'] },
  );
  inspector = site.messages.map(inspectorAddress).find((found) => found !== undefined) ?? '';
  pool = new Pool(site.url, { connections: 8, maxRequestsPerClient: 50 });
});
afterAll(async () => {
  await pool?.close();
  await site?.stop();
});

/** Pages by what is wrong with them, and how many of each were rendered. */
const rendered: Record<string, number> = {};
const HEADS: Record<string, Record<string, string>> = {
  private: { 'Cache-Control': 'private' },
  cookie: { 'Cache-Control': 'max-age=600', 'Set-Cookie': 'session=1' },
  vary: { 'Cache-Control': 'max-age=600', Vary: 'X-Other' },
  tags: { 'Cache-Control': 'max-age=600', 'Surrogate-Key': Array.from({ length: 40 }, (_, i) => `tag-${i}`).join(' ') },
};

/** Has the application answer a path that nobody has asked for. */
function prepare(kind: string, path: string): void {
  site.origin.on(path, (request, response) => {
    rendered[kind] = (rendered[kind] ?? 0) + 1;
    request.resume();
    if (kind === 'broken') response.destroy();
    else if (kind === 'error') response.writeHead(500).end(BODY);
    else if (kind === 'large') response.end(LARGE);
    else response.writeHead(200, HEADS[kind] ?? { 'Cache-Control': 'max-age=600' }).end(BODY);
  });
}

const GET = ['hot', 'page', 'private', 'cookie', 'vary', 'tags', 'error', 'broken', 'large'];

async function send(kind: string, path: string): Promise<void> {
  const headers = { host: 'www.example.com' };
  if (kind === 'left') {
    await leave(site.address, `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\n\r\n`);
  } else if (kind === 'slow') {
    await leave(
      site.address,
      `POST ${path} HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 100000\r\n\r\n${BODY}`,
    );
  } else if (kind === 'odd') {
    // As nothing but nginx may talk to a writer.
    await exchange(site.deployment.writer, `GET ${path} HTTP/1.1\r\nX: ${BODY}\r\nConnection: close\r\n\r\n`).catch(
      () => '',
    );
  } else {
    const isPost = kind === 'post';
    const { body } = await pool.request({
      method: isPost ? 'POST' : 'GET',
      path,
      headers,
      ...(isPost && { body: BODY }),
    });
    await body.dump({ limit: Infinity });
  }
}

/** Sends a request and goes away before there is an answer. */
function leave(address: string, request: string): Promise<void> {
  const [host, port] = address.split(':') as [string, string];
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(port) }, () => socket.write(request, () => socket.destroy()));
    socket.on('error', () => undefined).once('close', () => resolve());
  });
}

const KINDS = [...GET, 'post', 'left', 'slow', 'odd'];
const VISITORS = 8;
let asked = 0;

async function round(requests: number): Promise<void> {
  const end = asked + requests;
  const visit = async () => {
    while (asked < end) {
      asked += 1;
      const kind = KINDS[asked % KINDS.length] ?? '';
      const path = kind === 'hot' ? '/hot' : `/${kind}/${asked}`;
      if (kind !== 'hot' || asked < 100) prepare(kind, path);
      await send(kind, path);
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, visit));
}

const [WARM_UP, REQUESTS] = [600, 1000];
// Of 25 MB: an eighth of a page for each request. `npm run bench:memory` looks closer, and takes its time.
const MOST_GROWTH = 1.05;

test('after many requests of every kind, a writer keeps no more than after the first of them', async () => {
  await round(WARM_UP);
  const warm = await liveHeapOf(inspector);
  await round(REQUESTS);
  const end = await liveHeapOf(inspector);
  expect(Object.keys(rendered)).toEqual(expect.arrayContaining([...GET, 'post']));
  expect(end / warm).toBeLessThan(MOST_GROWTH);
}, 120_000);
