import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the bundles are: in a clone below its root, in the package around the bundle that this is in. */
export const ASSETS = [join(__dirname, '..'), join(__dirname, '..', 'assets')].find((directory) =>
  existsSync(join(directory, 'image')),
) as string;
