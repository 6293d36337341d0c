import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { followNodes, NODES_READ_EVERY, usableNodes } from '../lambda/adapters/cluster';
import { functionStores } from '../lambda/adapters/function-stores';
import { logJson } from '../lambda/adapters/log-json';
import { readEnvironment } from '../lambda/environment';
import { writeConfigurationDirectory } from './configuration-directory';

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
  'listen',
  'statusListen',
  'writer',
  'behindLoadBalancer',
] as const;
type TierEnvironment = ReturnType<typeof readEnvironment<(typeof FIELDS)[number]>>;

/**
 * nginx's container: renders the configuration from the site's document and the cluster's nodes, runs nginx, and reloads it
 * when the nodes, or the addresses behind the names in it, have changed: nginx resolves names only when it reads them.
 */
async function main(): Promise<void> {
  const environment = readEnvironment(FIELDS);
  const failed = (error: unknown) => logJson('configuration-not-followed', { error });
  // A site starts without its cache rather than not at all.
  const stores = functionStores(environment);
  const read = async () => {
    const opened = await stores();
    return usableNodes(opened.pages.nodes, { ...opened, config: environment.site });
  };
  let nodes = await read().catch((error: unknown) => (failed(error), [] as readonly string[]));
  let addresses = await resolveNames(environment, nodes);
  await write(RUN_DIRECTORY, environment, nodes);
  // Left by an nginx that was killed, it would keep this one from starting.
  await rm(join(RUN_DIRECTORY, 'past-writer.sock'), { force: true });

  const nginx = spawn('nginx', ['-p', RUN_DIRECTORY, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: 'inherit' });
  const ended = once(nginx, 'exit') as Promise<[number | null]>;
  // QUIT lets nginx finish what it has begun; ECS sends TERM.
  const drain = () => nginx.kill('SIGQUIT');
  process.on('SIGTERM', drain).on('SIGINT', drain);

  const reload = () => replaceConfiguration(environment, nodes).then(() => nginx.kill('SIGHUP'), failed);
  const changed = (now: readonly string[]) => void ((nodes = now), reload());
  const stop = followNodes(read, nodes, { changed, failed });
  const timer = setInterval(() => {
    void resolveNames(environment, nodes).then((now) => {
      if (now === addresses) return;
      addresses = now;
      void reload();
    });
  }, NODES_READ_EVERY);
  const [code] = await ended;
  stop();
  clearInterval(timer);
  process.exitCode = code ?? 1;
}

/** All addresses behind the names that the configuration has, as one text. A name that does not resolve has none. */
async function resolveNames({ origin }: TierEnvironment, nodes: readonly string[]): Promise<string> {
  const names = [new URL(origin).hostname, ...nodes.map((node) => node.replace(/:\d+$/, ''))];
  const found = names.map((name) => lookup(name, { all: true }).catch(() => []));
  return (await Promise.all(found))
    .map((all) =>
      all
        .map(({ address }) => address)
        .sort()
        .join(),
    )
    .join(' ');
}

function write(directory: string, { site, ...environment }: TierEnvironment, nodes: readonly string[]): Promise<void> {
  const deployment = { ...environment, nodes, accessLog: '/dev/stdout', errorLog: 'stderr' };
  return writeConfigurationDirectory(directory, STATIC_FILES, site, deployment);
}

// What nginx would refuse never reaches the directory that it reloads from.
async function replaceConfiguration(environment: TierEnvironment, nodes: readonly string[]): Promise<void> {
  const trial = await mkdtemp(join(tmpdir(), 'nginx-trial-'));
  try {
    await write(trial, environment, nodes);
    const arguments_ = ['-t', '-q', '-p', trial, '-c', 'nginx.conf', '-e', 'stderr'];
    const [code] = (await once(spawn('nginx', arguments_, { stdio: 'inherit' }), 'exit')) as [number | null];
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
