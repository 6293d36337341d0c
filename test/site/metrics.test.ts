import { setTimeout as wait } from 'node:timers/promises';
import type { Measures } from '../../lambda/adapters/metrics';
import { parseSiteConfig } from '../../lib/site/site-config';
import { readCounts, TrafficReport } from '../../nginx/traffic-report';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

type Line = Measures & { readonly Site: string; readonly FillDuration?: number[]; readonly fills?: object };

const written: Line[] = [];
const told: string[] = [];
let site: TestSite;

beforeAll(async () => {
  const onMetrics = (line: string) => written.push(JSON.parse(line) as Line);
  site = await startTestSite({ hosts: ['www.example.com'] }, { env: { NMS_METRICS_EVERY: '1' }, onMetrics });
  site.origin.on('/page', freshPage());
  site.origin.on('/private', freshPage({ 'Set-Cookie': 'id=1' }));
});
afterAll(() => site?.stop());

/** Asks, and remembers what the visitor was told. */
async function visit(times: number, ...request: [target: string, headers?: Record<string, string>, method?: string]) {
  for (let i = 0; i < times; i += 1) told.push(cacheStatus(await ask(site.address, ...request)));
}

const toldOf = (status: RegExp) => told.filter((each) => status.test(each)).length;

test('what CloudWatch is told of requests and fills is what visitors were told, to the last one', async () => {
  await visit(30, '/page');
  await visit(2, '/page', {}, 'HEAD');
  await visit(2, '/page', { Range: 'bytes=0-3' });
  await visit(4, '/private');
  await visit(3, '/page', { Cookie: 'session=1' });
  await visit(2, '/page', {}, 'POST');
  await visit(5, '/page', { Host: 'unknown.example' });

  const report = new TrafficReport('shop', () => counted(told.length));
  const line = JSON.parse((await report.line()) ?? '{}') as Line;
  const [hits, misses, bypasses] = [/^hit/, /^fwd=uri-miss/, /^fwd=(?:bypass|method)/].map(toldOf);

  expect(line).toMatchObject({ Site: 'shop', Hits: hits, Misses: misses, Bypasses: bypasses, Rejected: 5 });
  expect([line.Stored, line.Refused]).toEqual([toldOf(/; stored/), toldOf(/detail=/) - toldOf(/^fwd=bypass/)]);
  // On a busy machine a lookup may be too late, but never all of them.
  expect(hits).toBeGreaterThan(20);
  expect([bypasses, toldOf(/detail=set-cookie/)]).toEqual([5, 4]);
  expect(await report.line()).toBeUndefined();

  const durations = await fills(Number(misses));
  expect(durations).toHaveLength(Number(misses));
  expect(Math.min(...durations)).toBeGreaterThan(0);
  expect(written.map(({ KeyMismatches }) => KeyMismatches).filter(Boolean)).toEqual([]);
});

test('a key that nginx computes otherwise than the writer is counted', async () => {
  await ask(site.deployment.writer, '/page', { 'X-Nms-Key': 'test:forged', 'X-Nms-Scheme': 'http' });

  while (!written.some(({ KeyMismatches }) => KeyMismatches === 1)) await wait(50);
});

/** What nginx has counted, when it has counted so many requests: its workers put it together each second. */
async function counted(requests: number): Promise<Readonly<Record<string, number>>> {
  for (;;) {
    const counts = await readCounts(site.deployment.statusListen);
    const sum = Object.values(counts).reduce((total, count) => total + count, 0);
    if (sum >= requests) return counts;
    await wait(50);
  }
}

/** How long fills took, of all lines of the writer, when there are so many. */
async function fills(number: number): Promise<number[]> {
  for (;;) {
    const durations = written.flatMap(({ FillDuration = [] }) => FillDuration);
    if (durations.length >= number) return durations;
    await wait(50);
  }
}

describe('of hits, nginx logs as many as the deployment says', () => {
  const lines: string[] = [];
  const percent = 50;

  test('and everything else; it counts all of them, also over a reload', async () => {
    const { nginx, deployment } = site;
    nginx.requests.on('request', ({ target, cache }) =>
      lines.push(`${target} ${cacheStatus({ headers: { 'cache-status': cache } })}`),
    );
    const before = (await counted(told.length)).hit ?? 0;
    await nginx.reload(parseSiteConfig({ site: 'test', hosts: ['www.example.com'] }), {
      ...deployment,
      loggedHits: percent,
    });

    // Until the first of the new workers answers, all are logged.
    let asked = 0;
    do asked += await askAndSettle(1);
    while (linesOf('/page hit') === asked);
    const more = 100;
    const logged = linesOf('/page hit');
    asked += await askAndSettle(more);

    const sampled = linesOf('/page hit') - logged;
    expect([sampled > 0, sampled < more]).toEqual([true, true]);
    expect((await counted(told.length)).hit).toBe(before + asked);
  });

  const linesOf = (text: string) => lines.filter((line) => line === text).length;

  /** Asks for hits, and waits until nginx has logged what came after them. */
  async function askAndSettle(hits: number): Promise<number> {
    const before = toldOf(/^hit$/);
    await visit(hits, '/page');
    await visit(1, `/page?settled=${told.length}`, { Cookie: 'session=1' });
    const last = `/page?settled=${told.length - 1} fwd=bypass; detail=cookie`;
    while (linesOf(last) === 0) await wait(10);
    return toldOf(/^hit$/) - before;
  }
});
