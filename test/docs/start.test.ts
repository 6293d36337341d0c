import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decideStorage } from '../../lambda/core/storage-rules';
import { parseSiteConfig } from '../../lib/site/site-config';
import { ASSETS } from '../../local/assets';
import { accepting } from '../../local/accepting';
import { freePort } from '../../local/free-port';
import { type LocalSite, startSite } from '../../local/site';
import { type Block, documents } from './documents';

const run = promisify(execFile);
const blocks = documents.find(({ path }) => path === 'docs/start.md')?.blocks ?? [];
const blockIn = (language: string) => blocks.find((block) => block.language === language)?.text ?? '';

let directory: string;
let application: ChildProcess;
let site: LocalSite;

/** What the document tells its readers to start: its own application, and a site in front of it. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-start-'));
  const port = await freePort();
  await writeFile(join(directory, 'server.mjs'), blockIn('js').replace('listen(3000)', `listen(${port}, '127.0.0.1')`));
  application = spawn(process.execPath, ['server.mjs'], { cwd: directory, stdio: 'inherit' });
  await accepting(`127.0.0.1:${port}`);
  // On a busy machine Memcached may be late, and so may be who reads on about a page that was not stored.
  const config = parseSiteConfig({ site: 'demo', limits: { storeTimeout: 1000, passMarkerTtl: 3600 } });
  site = await startSite({
    config,
    origin: `http://127.0.0.1:${port}`,
    behindLoadBalancer: false,
    onMessage: () => {},
  });
});
afterAll(async () => {
  await site?.stop();
  application?.kill();
  await rm(directory, { recursive: true, force: true });
});

/** The commands of a block, each with what it prints. */
function stepsOf({ text }: Block): { readonly command: string; readonly output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => ({ command: step.split('\n')[0] ?? '', output: step.slice(step.indexOf('\n') + 1) }));
}

/** A text without what is another one each time: moments, durations, ports, names that are made up. */
function lasting(text: string): string[] {
  return (
    text
      .replaceAll('\r', '')
      .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<moment>')
      .replace(/\b\d+ (?:ms|min|s)\b(?: \d+ s\b)?/g, '<time>')
      .replace(/127\.0\.0\.1:\d+/g, '<node>')
      .replace(/[0-9a-f-]{36}/g, '<id>')
      .replace(/W\/"[\w-]{22}"/g, '<tag>')
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      // Which node has a page is another one each time.
      .sort()
  );
}

async function outputOf(command: string): Promise<string> {
  const cli = `${process.execPath} ${join(ASSETS, 'cli', 'index.js')}`;
  const here = command
    .replaceAll('http://127.0.0.1:8080', site.url)
    .replace(/^npx nginx-memcache-site (.*)$/, `${cli} $1 --endpoint-url ${site.lambdaUrl}`);
  // `inspect` ends with 3 where nothing is stored.
  const { stdout } = await run('bash', ['-c', here]).catch((error: { stdout: string; stderr: string }) => ({
    stdout: error.stdout + error.stderr,
  }));
  return stdout;
}

// Behind the document of another site, the answers are that site's.
const other = blocks.findIndex(({ language }) => language === 'json');
const shown = blocks.filter(({ language }, index) => language === '' && index !== other + 1);

test('every command of "Your first site" prints what stands there', async () => {
  const steps = shown.flatMap(stepsOf);
  expect(steps.length).toBeGreaterThan(8);
  for (const { command, output } of steps) {
    expect([command, ...lasting(await outputOf(command))]).toEqual([command, ...lasting(output)]);
  }
});

test('with the document that it gives, the page of which it says so is stored', () => {
  const config = parseSiteConfig(JSON.parse(blocks[other]?.text ?? ''));
  const request = { scheme: 'http', host: '127.0.0.1', path: '/news', query: '', variants: {}, key: 'k' } as const;
  const response = { status: 200, headers: [['Vary', 'User-Agent']] as const, body: Buffer.from('page') };
  const store = (storing: typeof config) => decideStorage(request, response, storing, Date.now()).store;
  expect([store(config), store(parseSiteConfig({ site: 'shop' }))]).toEqual([true, false]);
  expect(blocks[other + 1]?.text).toContain('nginx-memcache-site; fwd=uri-miss; stored\n');
});
