import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'memjs';
import { readCounts } from '../../nginx/traffic-report';
import { ask, cacheStatus, type RawAnswer } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

// nginx counts whole seconds: what is good for one is answered for almost two.
const LONGEST_MS = 2000;

let site: TestSite;
beforeEach(async () => (site = await startTestSite({ perNodeCache: { size: 1_048_576 } }, { memcachedNodes: 1 })));
afterEach(() => site.stop());

const purge = (urls: string[]) => site.functions.purge.invoke({ urls });
const url = (path: string) => `http://www.example.com${path}`;

test('most hits ask no Memcached', async () => {
  site.origin.on('/page', freshPage());
  const answers: RawAnswer[] = [];
  for (let i = 0; i < 200; i += 1) answers.push(await ask(site.address, '/page'));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(answers.slice(1).map(cacheStatus)).toEqual(Array(199).fill('hit'));
  expect(await lookups(site.memcached[0]?.address)).toBeLessThan(100);
  // Not those that nginx asked itself for.
  const counts = () => readCounts(site.deployment.statusListen);
  while (((await counts()).hit ?? 0) < 199) await wait(50);
  expect(await counts()).toEqual({ hit: 199, 'uri-miss:stored': 1 });
});

test('a purge is visible within two seconds, also to those who ask without pause', async () => {
  site.origin.on('/page', freshPage());
  for (let i = 0; i < 5; i += 1) await ask(site.address, '/page');
  const old = (await ask(site.address, '/page')).body;
  let asking = true;
  const visitor = (async () => {
    while (asking) await ask(site.address, '/page');
  })();
  await purge([url('/page')]);
  await wait(LONGEST_MS);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(site.address, '/page')));
  asking = false;
  await visitor;
  expect(answers.map(({ body }) => body)).not.toContain(old);
});

test('only pages are kept: what is not storable is asked of the origin each time', async () => {
  site.origin.on('/private', freshPage({ 'Cache-Control': 'private', 'Set-Cookie': 'id=1' }));
  const answers = [];
  for (let i = 0; i < 5; i += 1) answers.push(await ask(site.address, '/private'));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(5);
  expect(answers.every(({ headers }) => headers['set-cookie'] === 'id=1')).toBe(true);
});

test('a visitor who may not have a shared page gets their own, also while one is kept', async () => {
  site.origin.on('/page', freshPage());
  for (let i = 0; i < 5; i += 1) await ask(site.address, '/page');
  const kept = await ask(site.address, '/page');
  const own = await ask(site.address, '/page', { Cookie: 'session=1' });
  expect([cacheStatus(kept), cacheStatus(own)]).toEqual(['hit', 'fwd=bypass; detail=cookie']);
  expect(own.body).not.toBe(kept.body);
});

test('without Memcached and without a writer the origin answers', async () => {
  site.origin.on('/page', freshPage());
  await site.memcached[0]?.stop();
  await site.writer.stop();
  const answers = [await ask(site.address, '/page'), await ask(site.address, '/page')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers.map(cacheStatus)).toEqual(Array(2).fill('fwd=uri-miss; detail=writer-unreachable'));
});

test('an answer of the origin that fails is answered once, and not kept', async () => {
  let asked = 0;
  site.origin.on('/broken', (_, response) => {
    asked += 1;
    response.writeHead(503, { 'Content-Type': 'text/plain' }).end(`down ${asked}`);
  });
  const answers = [await ask(site.address, '/broken'), await ask(site.address, '/broken')];
  expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(['503 down 1', '503 down 2']);
});

async function lookups(node?: string): Promise<number> {
  const client = Client.create(node);
  const stats = await new Promise<Record<string, string> | null>((resolve, reject) =>
    client.stats((error, _, found) => (error ? reject(error) : resolve(found))),
  );
  client.quit();
  return Number(stats?.cmd_get);
}
