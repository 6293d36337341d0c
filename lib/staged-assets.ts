import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ASSETS = join(__dirname, '..', 'assets');

/**
 * Makes a copy of one of the library's bundles with the site's document beside it, for as long as `take` makes an asset of
 * it: CDK copies assets when their construct is made. The same bundle and document always give the same asset hash.
 *
 * @param name the directory below assets/.
 * @param siteDocument nothing for a bundle that does not read it.
 * @throws Error when the bundles have not been made, which only happens in a clone.
 */
export function withStagedAssets<Taken>(
  name: 'fill-function' | 'image' | 'inspect' | 'purge' | 'purge-events' | 'warm' | 'warm-events' | 'write',
  siteDocument: string | undefined,
  take: (directory: string) => Taken,
): Taken {
  const source = join(ASSETS, name);
  if (!existsSync(source)) {
    throw new Error(`${source} is not there: run 'npm run build' in the clone of nginx-memcache-site`);
  }
  const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-asset-'));
  try {
    cpSync(source, directory, { recursive: true, filter: (path) => !path.endsWith('.map') });
    if (siteDocument !== undefined) {
      writeFileSync(join(directory, 'site.json'), siteDocument);
    }
    return take(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
