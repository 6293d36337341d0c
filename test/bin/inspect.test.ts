import type { PageInspection, PageList, PurgeList, SiteStatus } from '../../lambda/core/inspect-answers';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { run } from './command-line';

const HOST = 'www.example.com';
const url = (path: string) => `http://${HOST}${path}`;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({
    key: { variants: [{ name: 'lang', source: 'cookie', field: 'lang', values: ['en', 'de'] }] },
    storage: { keptFor: 3600 },
  });
  for (const path of ['/a', '/b/1', '/b/2', '/b-old']) {
    const headers = { 'Cache-Control': 'max-age=600', 'Surrogate-Key': `all tag${path.length}` };
    site.origin.on(path, freshPage(headers));
    await ask(site.address, path, { Cookie: 'lang=de' });
  }
  site.origin.on('/mine', freshPage({ 'Cache-Control': 'private' }));
  await ask(site.address, '/mine');
});
afterAll(() => site?.stop());

const cli = (command: string, ...args: string[]) => run(command, ...args, '--endpoint-url', site.lambdaUrl);
async function json<Answer>(command: string, ...args: string[]): Promise<Answer> {
  return JSON.parse((await cli(command, ...args, '--json')).out) as Answer;
}

test('inspect shows a stored page, where it lies, how long it is fresh, its tags, headers and kept copy', async () => {
  const { code, out, err } = await cli('inspect', url('/a'), '--header', 'Cookie: lang=de');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^looked up {2}yes\ncanonical {2}http:\/\/www\.example\.com\/a\nvariants {3}lang=de\n/);
  expect(out).toMatch(
    /\nfor the request: a page, 200, \d+ B, \d+ s old, fresh for (?:9 min \d+ s|10 min), forgotten in .*\n/,
  );
  expect(out).toMatch(/\n {2}tags {2}all tag2\n {4}Content-Type: text\/plain\n/);
  expect(out).toMatch(/\n {2}kept {2}200, .* tags: all tag2\n$/);
  const { stored } = await json<PageInspection>('inspect', url('/a'), '--header', 'Cookie: lang=de');
  const node = stored[0]?.node;
  expect(site.memcached.map(({ address }) => address)).toContain(node);
  expect(stored).toEqual([
    expect.objectContaining({ requested: true, state: 'page', variants: { lang: 'de' }, read: true }),
  ]);
});

test('inspect ends with 3 where nothing is stored for the request, and shows the variants that are', async () => {
  const { code, out } = await cli('inspect', url('/a'));
  expect(code).toBe(3);
  expect(out).toMatch(/\nfor the request: nothing\n/);
  expect(out).toMatch(/\nfor other requests \(lang=de\): a page, 200, /);
});

test('inspect says why a page is not stored, and why a request is not looked up', async () => {
  expect((await cli('inspect', url('/mine'))).out).toMatch(
    /\nfor the request: not stored: private, forgotten in \d+ s\n/,
  );
  const { code, out } = await cli('inspect', url('/a'), '--header', 'Cookie: session=1');
  expect({ code, first: out.split('\n')[0] }).toEqual({ code: 3, first: 'looked up  no: cookie' });
});

test('to look at a page changes nothing of it: it is a hit before and after, and its time goes on', async () => {
  const before = await json<PageInspection>('inspect', url('/b/1'), '--header', 'Cookie: lang=de');
  const after = await json<PageInspection>('inspect', url('/b/1'), '--header', 'Cookie: lang=de');
  expect(after.stored[0]?.page?.headers).toEqual(before.stored[0]?.page?.headers);
  expect(after.stored[0]?.expiresSeconds).toBeLessThanOrEqual(before.stored[0]?.expiresSeconds ?? 0);
  expect(cacheStatus(await ask(site.address, '/b/1', { Cookie: 'lang=de' }))).toBe('hit');
});

test.each([
  [[], ['/a', '/b-old', '/b/1', '/b/2']],
  [
    ['--host', HOST],
    ['/a', '/b-old', '/b/1', '/b/2'],
  ],
  [
    ['--prefix', `http://${HOST}/b`],
    ['/b/1', '/b/2'],
  ],
  [
    ['--tag', 'tag4'],
    ['/b/1', '/b/2'],
  ],
  [['--tag', 'all', '--prefix', `http://${HOST}/b`, '--search', 'B/2'], ['/b/2']],
  [['--search', 'nowhere'], []],
])('pages %j', async (args, paths) => {
  const { pages, next } = await json<PageList>('pages', ...args);
  expect(pages.map(({ path }) => path).sort()).toEqual(paths);
  expect(next).toBeUndefined();
});

test('pages goes on where a part ended, until all were there, in their order', async () => {
  const first = await json<PageList>('pages', '--limit', '3');
  const rest = await json<PageList>('pages', '--limit', '3', '--next', first.next ?? '');
  expect([...first.pages, ...rest.pages].map(({ path }) => path)).toEqual(['/a', '/b-old', '/b/1', '/b/2']);
  expect(rest.next).toBeUndefined();
  const { out } = await cli('pages', '--all', '--limit', '1', '--json');
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { path: string }).path),
  ).toEqual([...['/a', '/b-old', '/b/1', '/b/2']]);
  expect((await cli('pages', '--limit', '1')).out).toMatch(
    /^http:\/\/www\.example\.com\/a {2}lang=de {2}fresh for .* all tag2\nthere are more: --next \S+, or --all\n$/,
  );
});

test('who-purged and status show who purged what, and the nodes', async () => {
  await cli('purge', url('/b/2'), '--caller', 'ann');
  expect((await cli('who-purged')).out).toMatch(/^\S+Z {2}ann {2}www\.example\.com\/b\/2 {2}1 removed, \d+ ms\n$/);
  expect((await json<PurgeList>('who-purged', '--since', 'P1D')).purges).toEqual([
    expect.objectContaining({ caller: 'ann', mode: 'delete', selectors: [{ kind: 'url', host: HOST, path: '/b/2' }] }),
  ]);
  // The index keeps what was purged until it would have expired.
  const { pages } = await json<PageList>('pages', '--prefix', url('/b'));
  expect(pages.map(({ path, stored }) => [path, stored])).toEqual([
    ['/b/1', true],
    ['/b/2', false],
  ]);
  const { code, out } = await cli('status');
  expect(code).toBe(0);
  expect(out).toMatch(/^site test: hit ratio of the nodes \d+\.\d %\n/);
  for (const { address } of site.memcached) expect(out).toContain(`\n${address}  answers  `);
  expect(out).toMatch(/\nlast purges:\n {2}\S+Z {2}ann /);
  expect((await json<SiteStatus>('status')).nodes.map(({ stats }) => stats?.version)).toEqual([
    ...site.memcached.map(() => expect.stringMatching(/^1\./) as string),
  ]);
});

test.each([
  ['inspect', ['nonsense'], 'inspect.url: '],
  ['inspect', ['http://a/', '--header', 'nothing'], '--header must be'],
  ['pages', ['--limit', '5000'], 'pages.limit: '],
  ['pages', ['--next', 'x y'], 'pages.next: '],
  ['who-purged', ['--since', 'tuesday'], 'purges.since: '],
  ['status', ['--site', 'shop'], '--site is of a deployed site'],
  ['status', ['--no-such-option'], "unknown option '--no-such-option'"],
])('%s %j is wrong use: exit code 2, and nothing on standard output', async (command, args, words) => {
  const { code, out, err } = await cli(command, ...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(words);
});

// The last one: it takes a node away.
test('status and inspect say which node does not answer, and end with 1', async () => {
  const { stored } = await json<PageInspection>('inspect', url('/a'), '--header', 'Cookie: lang=de');
  const gone = site.memcached.find(({ address }) => address === stored[0]?.node);
  await gone?.stop();
  const { code, out } = await cli('status');
  expect(code).toBe(1);
  expect(out).toContain(`\nnot well: ${gone?.address} does not answer: `);
  const inspected = await cli('inspect', url('/a'), '--header', 'Cookie: lang=de');
  expect(inspected.out).toContain(`\nfor the request: not known: ${gone?.address}: `);
  expect(inspected.code).toBe(1);
});
