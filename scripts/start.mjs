// `npm start`: the whole site on this machine.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAssets } from './build.mjs';
import { runScript, setUp } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

await runScript(async () => {
  setUp();
  await buildAssets();
  const site = spawn(process.execPath, ['--import', 'tsx', join(root, 'local', 'start.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Ctrl-C of a terminal reaches the site by itself, too; a signal to this process alone does not.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => site.kill(signal));
  site.on('exit', (code) => (process.exitCode = code ?? 1));
});
