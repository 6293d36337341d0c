import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { type LocalFunction, startFunction } from '../../local/local-function';
import { ask, askUntilHit, exchange } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { countRows } from './stored-rows';
import { versionsOf } from './stored-text';

/*
 * Two sites on the same nodes and in the same table, with the same hosts, paths and tags, and names of which one begins the
 * other: neither can touch, list or render what is the other's.
 */

const [OURS, THEIRS] = ['shop', 'shop-2'];
const URLS = ['/', '/news', '/news?page=2', `/${THEIRS}`, `/${THEIRS}:1.00000000:0`].map(
  (path) => `http://www.example.com${path}`,
);
const TAGS = ['news', OURS, THEIRS, `${THEIRS}#0#news`, 'page#shop-2#0'];

/** The functions of a second site on the first one's nodes and table. */
interface SecondSite {
  readonly purge: LocalFunction;
  readonly write: LocalFunction;
  readonly warm: LocalFunction;
}

let directory: string;
const stops: (() => Promise<unknown>)[] = [];
async function startSecond(first: TestSite, more: Partial<SiteConfigInput> = {}): Promise<SecondSite> {
  const file = join(directory, `${stops.length}.json`);
  await writeFile(file, JSON.stringify(parseSiteConfig({ site: THEIRS, limits: { storeTimeout: 1000 }, ...more })));
  const env = { ...first.environment, NMS_SITE_CONFIG: file };
  const start = async (name: 'purge' | 'write' | 'warm') => {
    const running = await startFunction(name, env, () => undefined);
    stops.push(() => running.stop());
    return running;
  };
  return { purge: await start('purge'), write: await start('write'), warm: await start('warm') };
}

let site: TestSite;
let other: SecondSite;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'two-sites-'));
  site = await startTestSite({ site: OURS });
  other = await startSecond(site);
  const page = freshPage({ 'Cache-Control': 'max-age=600', 'Surrogate-Key': TAGS.join(' ') });
  for (const url of URLS) site.origin.on(new URL(url).pathname, page);
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await site?.stop();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  for (const url of URLS) await askUntilHit(site.address, url.replace('http://www.example.com', ''));
  const pages = URLS.map((url) => ({ url, body: 'theirs', tags: TAGS }));
  await other.write.invoke({ pages });
});

const of = (name: string) => versionsOf(site, URLS, name);
const SELECTIONS: object[] = [
  { everything: true },
  { hosts: ['www.example.com'] },
  { urls: URLS },
  ...['news', THEIRS, 'page#shop-2#0'].map((tag) => ({ tags: [tag] })),
];

test.each(SELECTIONS)('a purge of %j by either removes, lists and renders its own pages only', async (selection) => {
  const [ours, theirs] = [await of(OURS), await of(THEIRS)];
  expect([ours.size, theirs.size]).toEqual([URLS.length, URLS.length]);

  const rendered = site.origin.received.length;
  expect(await other.purge.invoke({ ...selection, dryRun: true })).toMatchObject({ pages: { found: URLS.length } });
  expect(await other.purge.invoke(selection)).toMatchObject({ pages: { found: URLS.length, removed: URLS.length } });
  expect([await of(OURS), (await of(THEIRS)).size, site.origin.received.length]).toEqual([ours, 0, rendered]);

  await other.write.invoke({ pages: URLS.map((url) => ({ url, body: 'theirs', tags: TAGS })) });
  const before = await of(THEIRS);
  expect(await site.functions.purge.invoke({ ...selection, mode: 'refresh' })).toMatchObject({
    pages: { found: URLS.length, refreshed: URLS.length },
  });
  expect(await of(THEIRS)).toEqual(before);
  expect(await site.functions.purge.invoke(selection)).toMatchObject({ pages: { removed: URLS.length } });
  expect([(await of(OURS)).size, await of(THEIRS)]).toEqual([0, before]);
});

test('what one writes and warms is never the other’s', async () => {
  const ours = await of(OURS);
  const url = 'http://www.example.com/news';
  expect(await other.write.invoke({ pages: [{ url, body: 'theirs again', tags: TAGS }] })).toMatchObject({
    pages: [{ outcome: 'stored' }],
  });
  const manner = { variants: 'default', refresh: true, from: 0, turn: 0 };
  expect(await other.warm.invoke({ kind: 'pages', urls: URLS, ...manner })).toMatchObject({
    result: { stored: { count: URLS.length } },
  });
  expect(await of(OURS)).toEqual(ours);
  expect((await ask(site.address, '/news')).body).toMatch(/^rendering/);
});

test('without an index, and without the word that the nodes are its own, a site cannot empty them', async () => {
  const [ours, theirs] = [await of(OURS), await of(THEIRS)];
  const { purge } = await startSecond(site, { purging: { index: 'none' } });
  await expect(purge.invoke({ everything: true })).rejects.toThrow('the nodes may hold what is not its own');
  expect([await of(OURS), await of(THEIRS)]).toEqual([ours, theirs]);
});

test('in all of this no node was emptied, and each site’s rows are its own', async () => {
  for (const { address } of site.memcached) {
    expect(await exchange(address, 'stats\r\nquit\r\n')).toContain('STAT cmd_flush 0\r\n');
  }
  const kinds = Object.keys(await countRows(site));
  expect(kinds.filter((kind) => !/^(?:page|tag|journal|registry|audit)#(?:shop|shop-2)$/.test(kind))).toEqual([]);
  expect(kinds).toEqual(expect.arrayContaining([`page#${OURS}`, `page#${THEIRS}`, `tag#${OURS}`, `tag#${THEIRS}`]));
});
