import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../cleanup';

/** Makes a directory that servers, which run as other users, can read. */
export async function makeDirectory(cleanup: Cleanup): Promise<string> {
  const directory = await cleanup.started(mkdtemp(join(tmpdir(), 'page-caches-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  await chmod(directory, 0o755);
  return directory;
}
