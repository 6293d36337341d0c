import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accepting } from '../../local/accepting';
import { freePort } from '../../local/free-port';
import { type LocalSite, startSite } from '../../local/site';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { ask } from './raw-http';

const run = promisify(execFile);

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'django');
/** Debian's Python, for which Debian's Django is. */
const PYTHON = '/usr/bin/python3';

/** A whole site in front of `examples/django`, whose Memcached client has the site's own nodes. */
export interface DjangoSite extends LocalSite {
  /** Where visitors come, as `127.0.0.1:port`. */
  readonly address: string;
  /** How many requests Django has answered. */
  answered(): Promise<number>;
}

export interface StartDjangoSiteOptions {
  /** Which way of storing pages Django goes: the variable PAGES of its settings. */
  readonly pages: string;
  readonly config: Omit<SiteConfigInput, 'site'>;
  /** @default 1 */
  readonly memcachedNodes?: number;
}

/** Runs Python in the example's directory. @returns what it prints. */
export async function python(
  args: readonly string[],
  { env = {}, input = '' }: { env?: Readonly<Record<string, string>>; input?: string } = {},
): Promise<string> {
  const running = run(PYTHON, args, { cwd: EXAMPLE, env: pythonEnv(env), maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Starts Django and the site in front of it. */
export async function startDjangoSite({
  pages,
  config,
  memcachedNodes = 1,
}: StartDjangoSiteOptions): Promise<DjangoSite> {
  const origin = `127.0.0.1:${await freePort()}`;
  const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-django-'));
  const site = await startSite({
    config: parseSiteConfig({ site: 'test', ...config }),
    origin: `http://${origin}`,
    memcachedNodes,
    onMessage: () => undefined,
  });
  const env = {
    PAGES: pages,
    MEMCACHED: site.memcached.map(({ address }) => address).join(','),
    DATABASE: join(directory, 'demo.sqlite3'),
    PURGE_URL: `${site.lambdaUrl}/2015-03-31/functions/purge/invocations`,
  };
  let django: ChildProcess | undefined;
  const stop = async () => {
    if (django !== undefined) await ended(django);
    await site.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await python(['manage.py', 'migrate', '--run-syncdb', '--verbosity', '0'], { env });
    django = await runServer(origin, env);
    return {
      ...site,
      address: site.url.replace('http://', ''),
      answered: async () => Number((await ask(origin, '/requests')).body),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function runServer(address: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const django = spawn(PYTHON, ['manage.py', 'runserver', '--noreload', address], {
    cwd: EXAMPLE,
    env: pythonEnv(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  django.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const failed = once(django, 'exit').then(([code]) => {
    throw new Error(`Django did not start (exit code ${code}): ${words.trim()}`);
  });
  failed.catch(() => undefined);
  await Promise.race([failed, accepting(address)]);
  return django;
}

async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode === null && process.signalCode === null) {
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
}

// No compiled files beside the sources.
function pythonEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore', ...env };
}
