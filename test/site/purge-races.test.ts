import { setTimeout as wait } from 'node:timers/promises';
import { ask, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

// Bounded by counts, not by time: enough for some thousand requests in a few seconds.
const PAGES = Array.from({ length: 6 }, (_, i) => `/race/${i}`);
const PURGES = 160;
const READERS = 6;

let site: TestSite;
/** The content of each page, as the application has it now. */
const versions = new Map(PAGES.map((page) => [page, 0]));
/** The oldest version of each page that may be served: what was purged is not, once the purge is acknowledged. */
const oldest = new Map(PAGES.map((page) => [page, 0]));

beforeAll(async () => {
  site = await startTestSite({ purging: { onUnsafeRequests: true } });
  for (const page of PAGES) {
    site.origin.on(page, (request, response) => {
      if (request.method === 'POST') {
        versions.set(page, (versions.get(page) ?? 0) + 1);
        response.end();
        return;
      }
      const seen = versions.get(page);
      const headers = { 'Cache-Control': 'max-age=60', 'Surrogate-Key': `all of-${page.at(-1)}` };
      // Renderings take their time, so that purges come while they run.
      setTimeout(() => response.writeHead(200, headers).end(String(seen)), Math.random() * 25);
    });
  }
});
afterAll(() => site?.stop());

const url = (page: string) => `http://www.example.com${page}`;

/** Every way to purge a page. */
const WAYS: ((page: string) => Promise<unknown>)[] = [
  (page) => invoke({ urls: [url(page)] }),
  (page) => invoke({ exactUrls: [url(page)] }),
  (page) => invoke({ prefixes: [url(page)] }),
  (page) => invoke({ tags: [`of-${page.at(-1)}`] }),
  () => invoke({ tags: ['all'] }),
  () => invoke({ hosts: ['www.example.com'] }),
  () => invoke({ everything: true }),
  (page) => invoke({ urls: [url(page)], mode: 'refresh' }),
  (page) => invoke({ tags: [`of-${page.at(-1)}`], mode: 'refresh' }),
];
const invoke = (request: object) => site.functions.purge.invoke(request);

test('while readers, writers and purgers run, no reader gets what was purged before it asked', async () => {
  const counts = { reads: 0, hits: 0, purges: 0, stale: 0 };
  let done = false;
  const read = async () => {
    while (!done) {
      const page = PAGES[Math.floor(Math.random() * PAGES.length)] as string;
      const allowed = oldest.get(page) ?? 0;
      const answer = await ask(site.address, page);
      counts.reads += 1;
      counts.hits += cacheStatus(answer) === 'hit' ? 1 : 0;
      counts.stale += Number(answer.body) < allowed ? 1 : 0;
    }
  };
  // Each purger has pages of its own: what it acknowledges is what it changed.
  const purger = async (pages: readonly string[]) => {
    for (let i = 0; i < PURGES / 2; i += 1) {
      const page = pages[i % pages.length] as string;
      if (i % 10 === 9) {
        // An unsafe request changes and purges in one.
        await ask(site.address, page, { 'Content-Length': '0' }, 'POST');
        oldest.set(page, versions.get(page) ?? 0);
      } else {
        const version = (versions.get(page) ?? 0) + 1;
        versions.set(page, version);
        await WAYS[i % WAYS.length]?.(page);
        oldest.set(page, version);
      }
      counts.purges += 1;
      await wait(Math.random() * 10);
    }
  };
  const readers = Array.from({ length: READERS }, read);
  await Promise.all([purger(PAGES.slice(0, 3)), purger(PAGES.slice(3))]);
  done = true;
  await Promise.all(readers);
  console.log(
    `${counts.purges} purges acknowledged, ${counts.reads} pages read, ${counts.hits} of them hits; stale after a purge: ${counts.stale}`,
  );
  expect(counts.stale).toBe(0);
  expect(counts.hits).toBeGreaterThan(0);
});
