import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NginxDeployment } from '../lib/site/nginx/deployment';
import { renderNginx } from '../lib/site/nginx/render';
import type { SiteConfig } from '../lib/site/site-config';

/**
 * Writes all that one nginx needs into a directory: start it with `nginx -p <directory> -c nginx.conf`.
 *
 * @param sources the directory of the static files: `assets/image/nginx`, which `npm run build` makes.
 */
export async function writeConfigurationDirectory(
  directory: string,
  sources: string,
  config: SiteConfig,
  deployment: Omit<NginxDeployment, 'directory'>,
): Promise<void> {
  await mkdir(join(directory, 'temp'), { recursive: true, mode: 0o755 });
  for (const name of await readdir(sources)) {
    await copyFile(join(sources, name), join(directory, name));
  }
  for (const [name, text] of Object.entries(renderNginx(config, { ...deployment, directory }))) {
    // latin1 would lose nothing: the schema admits visible ASCII only.
    await writeFile(join(directory, name), text);
  }
}
