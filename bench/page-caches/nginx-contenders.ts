import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePage } from '../../lambda/core/page-format';
import { startMemcached } from '../../local/memcached';
import type { Cleanup } from '../cleanup';
import { askAll } from './ask';
import type { Contender } from './contender';
import { pagePath } from './matrix';
import {
  PROXY_CACHE,
  PROXY_CACHE_PATH,
  returnText,
  seedStyle,
  SRCACHE,
  STATIC_FILES,
  upstream,
} from './nginx-configuration';
import { startNginxServer } from './nginx-server';
import { pageAt } from './pages';
import { storeValues, type StoredValue } from './store-value';
import { makeDirectory } from './temporary-directory';

/** Files with their compressed forms beside them. */
export async function startStatic(cleanup: Cleanup): Promise<Contender> {
  const directory = await makeDirectory(cleanup);
  const fill = async (paths: readonly string[]) => {
    for (const path of paths) {
      const file = join(directory, 'files', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, pageAt(path).plain);
      await writeFile(`${file}.gz`, pageAt(path).gzip);
    }
  };
  const server = await startNginxServer(cleanup, '', STATIC_FILES, directory);
  return { name: 'static gzip', ...server, stores: [], fill, isHit: () => true };
}

/** One small text, never compressed. */
export async function startReturn(cleanup: Cleanup): Promise<Contender> {
  const path = pagePath(1, 0);
  const server = await startNginxServer(cleanup, '', returnText(path, pageAt(path).plain.toString('latin1')));
  return {
    name: 'return 200',
    ...server,
    stores: [],
    serves: ({ kilobytes, pages }) => kilobytes === 1 && pages === 1,
    fill: () => Promise.resolve(),
    isHit: () => true,
  };
}

/** As the write-ups of 2009 to 2014 do it; the body compressed, which nginx can read by a flag, as a gift. */
export async function startSeedStyle(cleanup: Cleanup): Promise<Contender> {
  const node = await cleanup.started(startMemcached(), (memcached) => memcached.stop());
  const server = await startNginxServer(cleanup, '', seedStyle(node.address));
  const host = server.address.split(':')[0];
  const value = (path: string): StoredValue => ({
    key: `:1:${md5(`${host}${path}`)}`,
    flags: 2,
    bytes: pageAt(path).gzip,
  });
  const fill = (paths: readonly string[]) => storeValues(node.address, paths.map(value));
  return { name: 'seed style', ...server, stores: [node.pid], fill, isHit: () => true };
}

/** As srcache's documentation shows it, with pages stored compressed as ours are. */
export async function startSrcache(cleanup: Cleanup, origin: string): Promise<Contender> {
  const node = await cleanup.started(startMemcached(), (memcached) => memcached.stop());
  const http = upstream('memcached', node.address) + upstream('origin', origin);
  const server = await startNginxServer(cleanup, http, SRCACHE);
  const value = (path: string): StoredValue => ({ key: md5(path), flags: 0, bytes: wholeResponse(pageAt(path).gzip) });
  const fill = (paths: readonly string[]) => storeValues(node.address, paths.map(value));
  // Nothing in the answer tells; the origin would send a Vary, and is counted.
  const isHit: Contender['isHit'] = ({ headers }) => headers.vary === undefined;
  return { name: 'srcache', ...server, stores: [node.pid], fill, isHit };
}

/** nginx's own cache. */
export async function startProxyCache(cleanup: Cleanup, origin: string): Promise<Contender> {
  const http = `${upstream('origin', origin)}${PROXY_CACHE_PATH}`;
  const server = await startNginxServer(cleanup, http, PROXY_CACHE);
  const isHit: Contender['isHit'] = ({ headers }) => headers['x-cache'] === 'HIT';
  return { name: 'proxy_cache', ...server, stores: [], fill: (paths) => askAll(server.address, paths), isHit };
}

function wholeResponse(gzip: Buffer): Buffer {
  const headers = [
    ['Content-Type', 'text/html'],
    ['Content-Encoding', 'gzip'],
    ['Cache-Control', 'max-age=86400'],
  ] as const;
  return encodePage({ status: 200, headers, body: gzip });
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
