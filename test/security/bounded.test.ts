import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import { madeUpQueries } from '../support/made-up-queries';
import { exchange } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { countRows } from './stored-rows';
import { countItems } from './stored-text';

/*
 * What visitors can make up costs nothing that grows: neither items, index rows nor renderings. What a site declares and lets
 * have any value (`all`, or a page's number) is a page for each value: that is bounded by the nodes' memory, of which the
 * pages go that nobody asks for, and by the rows' lives.
 * `test/lib/site/query-values.test.ts` has the keys of a hundred thousand queries.
 */

let site: TestSite;
let pool: Pool;
const MEGABYTES = 4;
beforeAll(async () => {
  site = await startTestSite(
    { key: { query: { policy: 'only', names: ['page'] } } },
    { memcachedNodes: 1, memcachedOptions: ['-I', '1m', '-m', String(MEGABYTES)] },
  );
  pool = new Pool(site.url, { connections: 8 });
  site.origin.on('/list', (_, response) => {
    // As images are: nothing of it can be made smaller.
    response.writeHead(200, { 'Cache-Control': 'max-age=600', 'Content-Type': 'image/png' }).end(randomBytes(30_000));
  });
});
afterAll(async () => {
  await pool?.close();
  await site?.stop();
});

/** Asks by connections that are kept; all answers must be the application's good ones. */
async function askAll(paths: Iterable<string>): Promise<void> {
  const left = paths[Symbol.iterator]();
  const visit = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const headers = { host: 'www.example.com' };
      const { statusCode, body } = await pool.request({ method: 'GET', path: next.value, headers });
      expect([statusCode, (await body.arrayBuffer()).byteLength]).toEqual([200, 30_000]);
    }
  };
  await Promise.all(Array.from({ length: 8 }, visit));
}

const costs = async () => [await countItems(site), site.origin.received.length, await countRows(site)];

test('thousands of values of what is not declared are one item, one row and one rendering', async () => {
  await askAll(['/list?page=1', '/list']);
  const before = await costs();
  await askAll(
    madeUpQueries(4000, '?', 'utm_?', 'session', 'Page').map((query, i) => `/list?${i % 2 ? 'page=1&' : ''}${query}`),
  );
  expect(await costs()).toEqual(before);
});

const stat = async (name: string) => {
  const [node] = site.memcached;
  return Number(new RegExp(`STAT ${name} (\\d+)`).exec(await exchange(node?.address ?? '', 'stats\r\nquit\r\n'))?.[1]);
};

test('values of what is declared fill a node up to its memory and no further, and all are answered', async () => {
  const pages = Array.from({ length: 250 }, (_, i) => `/list?page=${i + 10}`);
  await askAll(pages);
  expect(await stat('evictions')).toBeGreaterThan(0);
  expect(await stat('bytes')).toBeLessThanOrEqual(MEGABYTES * 1024 * 1024);
  const { 'page#test': rows } = await countRows(site);
  expect(rows).toBeLessThanOrEqual(pages.length + 2);
  expect(site.origin.received.length).toBeLessThanOrEqual(pages.length + 2);
});
