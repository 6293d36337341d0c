import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../lambda/environment';
import { followNodes, readNodes } from '../lambda/adapters/cluster';
import { logJson } from '../lambda/adapters/log-json';
import { writeConfigurationDirectory } from './configuration-directory';

// The one writable place of a container whose root file system is read-only.
const RUN_DIRECTORY = '/run/nginx-memcache-site';
const STATIC_FILES = join(__dirname, 'nginx');

const FIELDS = [
  'site',
  'cache',
  'origin',
  'originHostHeader',
  'listen',
  'statusListen',
  'writer',
  'behindLoadBalancer',
] as const;
type TierEnvironment = ReturnType<typeof readEnvironment<(typeof FIELDS)[number]>>;

/** nginx's container: renders the configuration from the site's document and the cluster's nodes, runs nginx, and reloads it when the nodes change. */
async function main(): Promise<void> {
  const environment = readEnvironment(FIELDS);
  const nodes = await readNodes(environment.cache);
  await write(RUN_DIRECTORY, environment, nodes);

  const nginx = spawn('nginx', ['-p', RUN_DIRECTORY, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: 'inherit' });
  const ended = once(nginx, 'exit') as Promise<[number | null]>;
  // QUIT lets nginx finish what it has begun; ECS sends TERM.
  const drain = () => nginx.kill('SIGQUIT');
  process.on('SIGTERM', drain).on('SIGINT', drain);
  const failed = (error: unknown) => logJson('nodes-not-followed', { error });
  const stop = followNodes(environment.cache, nodes, {
    changed: (now) => void reload(environment, now, () => nginx.kill('SIGHUP')).catch(failed),
    failed,
  });
  const [code] = await ended;
  stop();
  process.exitCode = code ?? 1;
}

function write(directory: string, { site, ...environment }: TierEnvironment, nodes: readonly string[]): Promise<void> {
  return writeConfigurationDirectory(directory, STATIC_FILES, site, {
    ...environment,
    nodes,
    accessLog: '/dev/stdout',
    errorLog: 'stderr',
  });
}

// What nginx would refuse never reaches the directory that it reloads from.
async function reload(environment: TierEnvironment, nodes: readonly string[], signal: () => void): Promise<void> {
  const trial = await mkdtemp(join(tmpdir(), 'nginx-trial-'));
  try {
    await write(trial, environment, nodes);
    const check = spawn('nginx', ['-t', '-q', '-p', trial, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: 'inherit' });
    const [code] = (await once(check, 'exit')) as [number | null];
    if (code !== 0) {
      throw new Error(`the configuration with the nodes ${nodes.join(', ')} is refused by nginx; the last one stands`);
    }
    await write(RUN_DIRECTORY, environment, nodes);
    signal();
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
