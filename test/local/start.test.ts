import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../local/free-port';
import { listenTcp } from '../support/listening-servers';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';

const ROOT = join(__dirname, '..', '..');
const START = join(ROOT, 'scripts', 'start.mjs');

// Its files are told apart from those of tests that run at the same time.
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'start-test-'));
  // nginx's workers run as another user when it is started by root.
  chmodSync(temporary, 0o755);
});
afterEach(() => rmSync(temporary, { recursive: true }));

const start = (...args: string[]) => run(process.execPath, START, ...args);

function run(
  program: string,
  ...args: string[]
): {
  process: ChildProcess;
  output: () => string;
  said: (pattern: RegExp) => Promise<void>;
} {
  const started = spawn(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
    // A process group of its own, as a terminal gives it.
    detached: true,
  });
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      waiting.forEach((look) => look());
    });
  }
  const said = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(text) && (waiting.delete(look), resolve());
      waiting.add(look);
      look();
      started.once('exit', () => reject(new Error(`it ended before it said ${pattern}: ${text}`)));
    });
  return { process: started, output: () => text, said };
}

async function ports(): Promise<[string, string]> {
  return [String(await freePort()), String(await freePort())];
}

const leftFiles = () => readdirSync(temporary).filter((name) => name.startsWith('nginx-memcache-site-'));
/** The processes of a group, but for those that have ended and that nobody has asked about yet. */
const processes = (group: number) =>
  execFileSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => new RegExp(`^${group} +[^Z]`).test(line));

async function endsWithoutTrace({ process: site }: ReturnType<typeof start>): Promise<void> {
  const [code] = (await once(site, 'exit')) as [number];
  expect(code).toBe(0);
  // What it started ends with it; the last may take a moment more.
  while (processes(site.pid as number).length > 0) await wait(20);
  expect(leftFiles()).toEqual([]);
}

test('npm start shows a miss, a hit, a purge and a miss, a line for each, and leaves nothing behind', async () => {
  const [port, lambdaPort] = await ports();
  const site = start('--port', port, '--lambda-port', lambdaPort);
  await site.said(new RegExp(`ready http://127.0.0.1:${port}`));
  const address = `127.0.0.1:${port}`;
  const get = () => ask(address, '/', { Host: address });

  const miss = await get();
  expect(cacheStatus(miss)).toBe('fwd=uri-miss; stored');
  const hit = await askUntilHit(address, '/', { Host: address });
  expect(hit.body).toBe(miss.body);
  const event = JSON.stringify({ urls: [`http://${address}/`] });
  const path = '/2015-03-31/functions/purge/invocations';
  const purged = await ask(`127.0.0.1:${lambdaPort}`, path, { 'Content-Length': String(event.length) }, 'POST', event);
  expect(JSON.parse(purged.body)).toMatchObject({ purged: true, pages: { removed: 1 } });
  const again = await get();
  expect(cacheStatus(again)).toBe('fwd=uri-miss; stored');
  expect(again.body).not.toBe(miss.body);
  await site.said(/MISS stored .*\n(.*\n)*HIT .*\n(.*\n)*MISS stored /);

  expect(processes(site.process.pid as number).length).toBeGreaterThan(4);
  expect(leftFiles()).not.toEqual([]);
  site.process.kill('SIGTERM');
  await endsWithoutTrace(site);
});

test.each<[string, NodeJS.Signals, RegExp]>([
  ['Ctrl-C', 'SIGINT', /^ready /m],
  ['Ctrl-C while it starts', 'SIGINT', /^starting /m],
  ['a closed terminal', 'SIGHUP', /^ready /m],
])('%s leaves no process and no file behind', async (_, signal, said) => {
  const [port, lambdaPort] = await ports();
  const site = start('--port', port, '--lambda-port', lambdaPort);
  await site.said(said);
  // A terminal tells the whole group.
  process.kill(-(site.process.pid as number), signal);
  await endsWithoutTrace(site);
});

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
  'npm start that gets %s by its own id leaves no process and no file behind',
  async (signal) => {
    const [port, lambdaPort] = await ports();
    const site = run('npm', 'start', '--silent', '--', '--port', port, '--lambda-port', lambdaPort);
    await site.said(/^ready /m);
    site.process.kill(signal);
    await once(site.process, 'exit');
    while (processes(site.process.pid as number).length > 0) await wait(20);
    expect(leftFiles()).toEqual([]);
  },
);

test.each<[string, (busy: string) => Promise<string[]>, RegExp]>([
  [
    'a busy port',
    async (busy) => ['--port', busy, '--lambda-port', String(await freePort())],
    /^port \d+ of 127\.0\.0\.1 is busy: choose another one with --port$/m,
  ],
  [
    'a busy Lambda port',
    async (busy) => ['--lambda-port', busy, '--port', String(await freePort())],
    /^port \d+ of 127\.0\.0\.1 is busy: choose another one with --lambda-port$/m,
  ],
  [
    'an origin that does not answer',
    async () => [
      '--origin',
      `http://127.0.0.1:${await freePort()}`,
      '--port',
      ...(await ports()).flatMap((port, i) => (i === 0 ? [port] : ['--lambda-port', port])),
    ],
    /^the origin http:\S+ does not answer \(.*\): start it first, or give another --origin$/m,
  ],
  [
    'a document that is not there',
    async () => ['--config', '/nowhere/site.json', '--port', String(await freePort())],
    /^--config \/nowhere\/site\.json: /m,
  ],
  ['an origin that is no URL', () => Promise.resolve(['--origin', 'localhost']), /must be http:\/\/host:port/],
])('fails in one clear line for %s', async (_, args, line) => {
  const busy = await listenTcp(() => undefined);
  const failing = start(...(await args(busy.address.split(':')[1] as string)));
  const [code] = (await once(failing.process, 'exit')) as [number];
  await busy.close();
  expect(failing.output()).toMatch(line);
  expect(failing.output().trim().split('\n')).toHaveLength(1);
  expect(code).not.toBe(0);
});
