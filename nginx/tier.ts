import { type ChildProcess, spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import { followNodes, usableNodes } from '../lambda/adapters/cluster';
import { functionStores } from '../lambda/adapters/function-stores';
import { logJson } from '../lambda/adapters/log-json';
import { linePrinter } from '../lambda/adapters/metrics';
import { printEvery } from '../lambda/adapters/print-every';
import { readEnvironment } from '../lambda/environment';
import { DRAINING } from '../lib/site/nginx/render';
import { AddressWatch } from './address-watch';
import { writeConfigurationDirectory } from './configuration-directory';
import { readCounts, TrafficReport } from './traffic-report';

// The one writable place of a container whose root file system is read-only.
const RUN_DIRECTORY = '/run/nginx-memcache-site';
const STATIC_FILES = join(__dirname, 'nginx');

const FIELDS = [
  'site',
  'cache',
  'table',
  'dynamodbEndpoint',
  'origin',
  'originHostHeader',
  'originSecret',
  'variantKeys',
  'listen',
  'statusListen',
  'writer',
  'fillFunction',
  'behindLoadBalancer',
  'watchEvery',
  'metrics',
  'metricsEvery',
  'loggedHits',
  'loggedOthers',
] as const;
type TierEnvironment = ReturnType<typeof readEnvironment<(typeof FIELDS)[number]>>;

/**
 * nginx's container: renders the configuration from the site's document and the cluster's nodes, runs nginx, and reloads it
 * when the nodes, or the addresses behind the names in it, have changed: nginx resolves names only when it reads them.
 */
async function main(): Promise<void> {
  const environment = readEnvironment(FIELDS);
  const failed = (error: unknown) => logJson('configuration-not-followed', { error });
  const stores = functionStores(environment);
  const read = async () => {
    const opened = await stores();
    return usableNodes(opened.pages.nodes, { ...opened, config: environment.site });
  };
  // A site starts without its cache rather than not at all.
  let nodes = await read().catch((error: unknown) => (failed(error), [] as readonly string[]));
  const addresses = new AddressWatch(resolve);
  await addresses.use(namesIn(environment, nodes));
  await write(RUN_DIRECTORY, environment, nodes);
  // Left by an nginx that was killed, they would keep this one from starting.
  const left = (await readdir(RUN_DIRECTORY)).filter((name) => name.endsWith('.sock'));
  await Promise.all(left.map((name) => rm(join(RUN_DIRECTORY, name))));

  const nginx = spawn('nginx', ['-p', RUN_DIRECTORY, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: 'inherit',
    // Its sockets are named relative to it.
    cwd: RUN_DIRECTORY,
  });
  const ended = once(nginx, 'exit') as Promise<[number | null]>;
  // QUIT lets nginx finish what it has begun; ECS sends TERM.
  const report = new TrafficReport(environment.site.site, () => readCounts(environment.statusListen));
  const reporting = printEvery(
    environment.metricsEvery,
    () => report.line(),
    linePrinter(environment),
    (error) => logJson('no-metrics', { error }),
  );
  // While nginx finishes it answers nobody any more, not even about what it has counted: the last numbers come first.
  const drain = () => void reporting.stop().then(() => nginx.kill('SIGQUIT'));
  process.on('SIGTERM', drain).on('SIGINT', drain);

  // One after the other: each writes the same directory.
  let reloading = Promise.resolve();
  const reload = () => {
    reloading = reloading
      .then(async () => {
        await replaceConfiguration(environment, nodes);
        await addresses.use(namesIn(environment, nodes));
        await reloadGently(nginx);
        logJson('reloaded', { nodes });
      })
      .catch(failed);
  };
  const every = environment.watchEvery * 1000;
  const changed = (now: readonly string[]) => {
    nodes = now;
    reload();
  };
  const stop = followNodes(read, nodes, { changed, failed }, every);
  const timer = setInterval(() => void addresses.changed().then((moved) => moved && reload(), failed), every);
  const [code] = await ended;
  stop();
  clearInterval(timer);
  reporting.cancel();
  await reloading;
  const opened = await stores().catch(() => undefined);
  await Promise.all([opened?.pages.close(), opened?.index.close()]);
  process.exitCode = code ?? 1;
}

// Long enough for every connection that is in use to be given up, after nginx has seen the file (`open_file_cache_valid`). An
// idle one is rarely taken in the moment of the reload.
const DRAIN_MS = 3000;
// A reload that is under way reads the file no more.
const SETTLE_MS = 500;

/** Reloads when no busy connection is left that a worker would close under a request. */
async function reloadGently(nginx: ChildProcess): Promise<void> {
  const draining = join(RUN_DIRECTORY, DRAINING);
  await writeFile(draining, '');
  await wait(DRAIN_MS);
  nginx.kill('SIGHUP');
  await wait(SETTLE_MS);
  await rm(draining, { force: true });
}

/** The names that nginx resolves. */
function namesIn({ origin, writer, fillFunction }: TierEnvironment, nodes: readonly string[]): string[] {
  return [new URL(origin).hostname, ...[fillFunction ?? writer, ...nodes].map(hostOf)];
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}

async function resolve(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

async function write(
  directory: string,
  { site, cache, ...environment }: TierEnvironment,
  nodes: readonly string[],
): Promise<void> {
  // nginx refuses a name that does not resolve, and the site would not start for a node that has just gone.
  const resolved = await Promise.all(nodes.map(async (node) => (await resolve(hostOf(node))).length > 0));
  const known = nodes.filter((_, i) => resolved[i]);
  const logs = { accessLog: '/dev/stdout', errorLog: 'stderr' };
  const deployment = { ...environment, cacheTls: cache.tls, nodes: known, ...logs };
  await writeConfigurationDirectory(directory, STATIC_FILES, site, deployment);
}

// What nginx would refuse never reaches the directory that it reloads from.
async function replaceConfiguration(environment: TierEnvironment, nodes: readonly string[]): Promise<void> {
  const trial = await mkdtemp(join(tmpdir(), 'nginx-trial-'));
  try {
    await write(trial, environment, nodes);
    const arguments_ = ['-t', '-q', '-p', trial, '-c', 'nginx.conf', '-e', 'stderr'];
    const [code] = (await once(spawn('nginx', arguments_, { stdio: 'inherit', cwd: trial }), 'exit')) as [
      number | null,
    ];
    if (code !== 0) {
      throw new Error(`nginx refuses the configuration with the nodes ${nodes.join(', ')}; the last one stands`);
    }
    await write(RUN_DIRECTORY, environment, nodes);
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
