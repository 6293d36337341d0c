// `npm test`: sets up what is missing, checks the types, runs every test. Arguments go to jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAssets } from './build.mjs';
import { runScript, SetupError, setUp } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tool = (name) => join(root, 'node_modules', name);

await runScript(async () => {
  setUp({ tests: true });
  await buildAssets();
  console.log('checking types (tsc)');
  if (node(tool('typescript/bin/tsc'), '-p', root) !== 0) {
    throw new SetupError('the types do not fit; see above');
  }
  const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-test-'));
  try {
    const report = join(directory, 'report.json');
    const code = node(tool('jest/bin/jest.js'), '--json', `--outputFile=${report}`, ...process.argv.slice(2));
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed`);
    process.exitCode = code ?? 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

function node(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status;
}
