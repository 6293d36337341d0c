import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BYPASS_REASONS, isBypassReason } from '../../lambda/core/bypass-reasons';
import { Ring } from '../../lambda/stores/ring';
import { bypassRules } from '../../lib/site/eligibility';
import { parseSiteConfig } from '../../lib/site/site-config';
import { freePort } from '../../local/free-port';
import { startInvokeApi } from '../../local/invoke-api';
import { FunctionError } from '../../local/local-function';
import { listenHttp } from '../support/listening-servers';
import { run, runWith } from './command-line';

test('key shows the key, the canonical request and what was dropped', async () => {
  const { code, out } = await run('key', 'http://WWW.example.com:80/caf%c3%a9?b=1&utm_source=x&a=2', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    'looked up': 'yes',
    key: expect.stringMatching(/^demo:1\.[0-9a-f]{8}:[0-9a-f]{32}$/) as string,
    canonical: 'http://www.example.com/caf%C3%A9?a=2&b=1',
    dropped: 'utm_source=x',
  });
});

test.each([
  ['http://a/x%2Fy', [], 'path'],
  ['http://a/', ['--header', 'Cookie: session=1'], 'cookie'],
])('key says why %s would not be looked up', async (url, args, reason) => {
  expect((await run('key', url, ...args)).out).toBe(`looked up  no: ${reason}\n`);
});

test.each([
  ['hit; detail=stale-while-revalidate', /^yes, from the store, stale-while-revalidate: it is what was there before/],
  ['fwd=uri-miss; stored', /^yes, stored just now$/],
  ['fwd=uri-miss; collapsed', /^yes, somebody else just had it stored$/],
  ['fwd=uri-miss; detail=set-cookie', /^no, set-cookie: it sets a cookie, which is meant for one visitor$/],
  ['fwd=bypass; detail=cookie', /^no, cookie: it has a cookie that is neither of `harmlessCookies`/],
  ['fwd=uri-miss; detail=writer-unreachable', /^no, writer-unreachable: what renders misses did not answer/],
  ['fwd=uri-miss; detail=of-tomorrow', /^no, of-tomorrow: not known to this release$/],
])('key --ask says what %s means', async (status, meaning) => {
  const site = await listenHttp((_, response) =>
    response.setHeader('Cache-Status', `nginx-memcache-site; ${status}`).end('page'),
  );
  const { code, out } = await run('key', `http://${site.address}/`, '--ask', '--json');
  await site.close();
  const { cached } = JSON.parse(out) as { cached: string };
  expect(cached).toMatch(meaning);
  expect(code).toBe(0);
});

test('key --nodes says which node has the key, and takes no others than host:port', async () => {
  const { out } = await run('key', 'http://a/', '--nodes', 'one:11211', 'two:11211', '--json');
  const { key, node } = JSON.parse(out) as { key: string; node: string };
  expect(node).toBe(new Ring(['one:11211', 'two:11211']).nodeOf(key));
  expect(await run('key', 'http://a/', '--nodes', 'one')).toMatchObject({ code: 2, out: '' });
});

test('every reason for which nginx bypasses the cache has a sentence', () => {
  const config = parseSiteConfig({
    site: 'demo',
    key: { scheme: 'https-bypasses' },
    eligibility: { bypassPaths: ['/a'], bypassHosts: ['b'], requestDirectives: 'honour' },
  });
  const compatible = parseSiteConfig({
    site: 'demo',
    hosts: ['a'],
    compatibility: { preset: 'prefix-path', prefix: 'p' },
  });
  const reasons = [config, compatible].flatMap((each) => bypassRules(each).map(({ reason }) => reason));
  expect(reasons.filter((reason) => !isBypassReason(reason))).toEqual([]);
  expect(Object.keys(BYPASS_REASONS).sort()).toEqual([...new Set([...reasons, 'off', 'observe-only'])].sort());
});

test('key knows the scheme by the headers that the site names, else by the URL, as a load balancer does', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-test-'));
  const file = join(directory, 'site.json');
  await writeFile(
    file,
    JSON.stringify({ site: 'demo', scheme: { headers: [{ name: 'X-Forwarded-SSL', value: 'on' }] } }),
  );
  const canonical = async (url: string, ...headers: string[]) => {
    const { out } = await run('key', url, '--config', file, '--json', '--header', ...headers);
    return (JSON.parse(out) as { canonical: string }).canonical;
  };
  expect(await canonical('http://a/', 'x-forwarded-ssl: ON')).toBe('https://a/');
  expect(await canonical('HTTPS://a/', 'X-Forwarded-SSL: off')).toBe('http://a/');
  expect(await canonical('HTTPS://a/', 'X-Forwarded-Proto: http')).toBe('https://a/');
  await rm(directory, { recursive: true });
});

test('key shows the variants that a request has; a signed one needs the key that it is signed with', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-test-'));
  const file = join(directory, 'site.json');
  const variants = [
    { name: 'language', source: 'language', values: ['en', 'de'] },
    { name: 'user-tier', source: 'signed-cookie', field: 'tier', values: ['free', 'paid'] },
  ];
  await writeFile(file, JSON.stringify({ site: 'demo', key: { variants } }));
  const secret = 'x'.repeat(32);
  const signature = createHmac('sha256', secret).update('demo tier paid 4102444800').digest('hex');
  const headers = ['Accept-Language: nl, de;q=0.5', `Cookie: tier=paid.4102444800.${signature}`];
  const args = ['key', 'http://a/', '--config', file, '--header', ...headers];
  expect((await runWith({ NMS_VARIANT_KEY_USER_TIER: secret }, ...args)).out).toMatch(
    /^variants +language=de; user-tier=paid\n$/m,
  );
  const without = await runWith({}, ...args, '--json');
  expect(JSON.parse(without.out)).toMatchObject({
    variants: 'language=de; user-tier=free',
    unverified: 'NMS_VARIANT_KEY_USER_TIER: set what the cookie is signed with',
  });
  await rm(directory, { recursive: true });
});

test("key shows the key by which an application's own pages are found", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-test-'));
  const file = join(directory, 'site.json');
  const compatibility = { preset: 'django-nginx-memcache', pageVersions: ['', 'large'] };
  await writeFile(file, JSON.stringify({ site: 'shop', compatibility }));
  const { out } = await run('key', 'http://a/list?page=2', '--config', file, '--header', 'Cookie: pv=large', '--json');
  const hash = createHash('md5').update('a/list?page=2&pv=large').digest('hex');
  expect(JSON.parse(out)).toEqual({ 'looked up': 'yes', key: `:1:${hash}`, version: 'large' });
  await rm(directory, { recursive: true });
});

test('purge prints the receipt of the function; what the function throws is one line, and wrong use where it refused the request', async () => {
  const receipt = {
    id: 'x',
    purged: true,
    mode: 'delete',
    pages: { found: 2, removed: 1, refreshed: 0 },
    nodes: [{ node: 'one:11211', removed: 1 }],
    durationMs: 5,
  };
  const invoked: unknown[] = [];
  const purge = {
    invoke: (event: unknown) => (
      invoked.push(event),
      invoked.length === 1
        ? Promise.resolve(receipt)
        : Promise.reject(new FunctionError('PurgeRequestError', 'urls.0: no'))
    ),
    stop: () => Promise.resolve(),
  };
  const port = await freePort();
  const server = await startInvokeApi({ purge }, port);
  const endpoint = ['--endpoint-url', `http://127.0.0.1:${port}`];
  const purged = await run('purge', 'http://a/b', ...endpoint);
  expect(purged).toEqual({
    code: 0,
    out: 'purged: 1 removed (2 in the index), 5 ms, id x\n  one:11211: 1 removed\n',
    err: '',
  });
  expect(invoked).toEqual([{ urls: ['http://a/b'], caller: 'command line' }]);
  expect(await run('purge', 'b', ...endpoint)).toEqual({ code: 2, out: '', err: 'urls.0: no\n' });
  server.close();
});

test('purge asks for every kind of selection, and shows refreshes, emptied nodes and previews', async () => {
  const answers = [
    {
      ...{ id: 'x', purged: true, mode: 'refresh', durationMs: 5 },
      pages: { found: 3, removed: 1, refreshed: 2 },
      nodes: [{ node: 'one:11211', flushed: true }, { node: 'two:11211', gone: true }], // prettier-ignore
    },
    {
      dryRun: true,
      pages: { found: 3 },
      examples: [
        { scheme: 'https', host: 'a', path: '/b', query: 'c=1', variants: { lang: 'de' } },
        { scheme: 'http', host: 'a', path: '/', query: '', variants: {} },
      ],
    },
  ];
  const invoked: unknown[] = [];
  const invoke = (event: unknown) => (invoked.push(event), Promise.resolve(answers.shift()));
  const port = await freePort();
  const server = await startInvokeApi({ purge: { invoke, stop: () => Promise.resolve() } }, port);
  const endpoint = ['--endpoint-url', `http://127.0.0.1:${port}`];
  const selection = ['--exact', 'http://a/b?c=1', '--prefix', 'http://a/', '--tag', 't', 'u', '--host', 'a'];
  expect((await run('purge', ...selection, '--refresh', '--caller', 'ann', ...endpoint)).out).toBe(
    'purged: 2 refreshed, 1 removed (3 in the index), 5 ms, id x\n  one:11211: emptied\n  two:11211: does not exist any more\n',
  );
  expect((await run('purge', '--everything', '--dry-run', ...endpoint)).out).toBe(
    'would purge 3 pages\n  https://a/b?c=1 lang=de\n  http://a/\n  and 1 more\n',
  );
  expect(invoked).toEqual([
    {
      exactUrls: ['http://a/b?c=1'],
      prefixes: ['http://a/'],
      tags: ['t', 'u'],
      hosts: ['a'],
      mode: 'refresh',
      caller: 'ann',
    },
    { everything: true, dryRun: true, caller: 'command line' },
  ]);
  server.close();
});

test.each([
  [
    ['purge', '--everything', '--endpoint-url', 'http://127.0.0.1:9'],
    1,
    /^http:\/\/127\.0\.0\.1:9 does not answer .*npm start, .*\n$/,
  ],
  [['key', 'nonsense'], 2, /^must be an absolute URL .*, got: nonsense\n$/],
  [['key', 'http://a/', '--config', '/nowhere.json'], 2, /^--config \/nowhere\.json: ENOENT.*\n$/],
  [['key', 'http://a/', '--header', 'Cookie'], 2, /^--header must be a name and a value, .*, got: Cookie\n$/],
  [['nonsense'], 2, /^error: unknown command 'nonsense'\n$/],
])('fails in one line: %j', async (args, code, line) => {
  expect(await run(...args)).toEqual({ code, out: '', err: expect.stringMatching(line) as string });
});

test('shows what docs/command-line.md says there is, and ends with 2 where nothing was asked for', async () => {
  const text = await readFile(join(__dirname, '..', '..', 'docs', 'command-line.md'), 'utf8');
  const documented = [...(text.split('\n\n')[2] ?? '').matchAll(/^\| `([a-z-]+)/gm)].map(([, name]) => name);
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  const shown = [...out.matchAll(/^ {2}([a-z-]+) [[<]/gm)].map(([, name]) => name);
  expect(shown.filter((name) => name !== 'help').sort()).toEqual(documented.sort());
  expect((await run()).code).toBe(2);
});

test('purge fails in one line when something that is not Lambda answers', async () => {
  const site = await listenHttp((_, response) => response.end('<html>'));
  const { code, err } = await run('purge', '--everything', '--endpoint-url', `http://${site.address}`);
  await site.close();
  expect(err).toMatch(/^http:\S+\/invocations does not answer as Lambda does \(status 200\): .*\n$/);
  expect(code).toBe(1);
});
