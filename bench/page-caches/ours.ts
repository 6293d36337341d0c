import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSiteConfig, type SiteConfigInput } from '../../lib/site/site-config';
import { freePort } from '../../local/free-port';
import { startSite } from '../../local/site';
import { writeConfigurationDirectory } from '../../nginx/configuration-directory';
import type { Cleanup } from '../cleanup';
import { askAll } from './ask';
import type { Contender } from './contender';
import { runNginx } from './nginx-server';
import { makeDirectory } from './temporary-directory';

const STATIC_FILES = join(__dirname, '..', '..', 'assets', 'image', 'nginx');

/**
 * A whole local site, and in front of it one more nginx with the site's own configuration, of which two lines are
 * changed: one worker and no access log, as everybody else here has it.
 */
export async function startOurs(
  cleanup: Cleanup,
  origin: string,
  name = 'ours',
  document: Partial<SiteConfigInput> = {},
): Promise<Contender> {
  const config = parseSiteConfig({ site: 'bench', ...document });
  const site = await cleanup.started(
    startSite({ config, origin: `http://${origin}`, onMessage: (line) => console.error(line) }),
    (running) => running.stop(),
  );
  const directory = await makeDirectory(cleanup);
  const address = `127.0.0.1:${await freePort()}`;
  await writeConfigurationDirectory(directory, STATIC_FILES, config, {
    ...site.deployment,
    listen: address,
    statusListen: `127.0.0.1:${await freePort()}`,
    accessLog: 'unused',
    errorLog: 'stderr',
  });
  await changeLine(directory, 'site-logs.conf', 'access_log unused site;', 'access_log off;');
  await changeLine(directory, 'nginx.conf', 'worker_processes auto;', 'worker_processes 1;');
  return {
    name,
    ...(await runNginx(cleanup, directory, address)),
    stores: site.memcached.map(({ pid }) => pid),
    fill: (paths) => askAll(address, paths),
    isHit: ({ headers }) => headers['cache-status'] === 'nginx-memcache-site; hit',
  };
}

async function changeLine(directory: string, file: string, line: string, changed: string): Promise<void> {
  const text = await readFile(join(directory, file), 'utf8');
  if (text.split(line).length !== 2) throw new Error(`${file} has not exactly one \`${line}\``);
  await writeFile(join(directory, file), text.replace(line, changed));
}
