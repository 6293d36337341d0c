import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ASSETS = join(__dirname, '..', 'assets');
const staged: string[] = [];

/**
 * A copy of one of the library's bundles with the site's document beside it, for CDK to take as an asset. The same bundle
 * and document always give the same asset hash.
 *
 * @param name the directory below assets/.
 * @throws Error when the bundles have not been made, which only happens in a clone.
 */
export function stageAssets(name: 'image' | 'purge' | 'write', siteDocument: string): string {
  const source = join(ASSETS, name);
  if (!existsSync(source)) {
    throw new Error(`${source} is not there: run 'npm run build' in the clone of nginx-memcache-site`);
  }
  if (staged.length === 0) {
    // CDK copies assets into its output when the construct is made: nothing here is needed after that.
    process.once('exit', () => staged.forEach((directory) => rmSync(directory, { recursive: true, force: true })));
  }
  const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-asset-'));
  staged.push(directory);
  cpSync(source, directory, { recursive: true, filter: (path) => !path.endsWith('.map') });
  writeFileSync(join(directory, 'site.json'), siteDocument);
  return directory;
}
