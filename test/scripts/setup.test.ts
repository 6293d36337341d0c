import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SETUP = pathToFileURL(join(__dirname, '..', '..', 'scripts', 'setup.mjs')).href;
const RUN = `import { runScript, setUp } from '${SETUP}'; await runScript(async () => setUp({ tests: process.env.TESTS === 'yes' }));`;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'setup-test-'))));
afterEach(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly said: string;
}

/** Sets up a machine that is as `pretence`, JavaScript, makes it look. */
function setUp(pretence: string, path = directory, tests = false): Promise<Ended> {
  const preload = `data:text/javascript,${encodeURIComponent(pretence)}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', preload, '--input-type=module', '-e', RUN],
      { env: { PATH: path, TESTS: tests ? 'yes' : 'no' } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

test('a package that is missing without root ends it, with the command that installs it', async () => {
  writeFileSync(join(directory, 'apt-get'), '');
  const { code, said } = await setUp('process.getuid = () => 1000', directory);
  expect(code).toBe(1);
  expect(said).toMatch(
    /^missing system packages, and only root may install them; run: sudo apt-get update && sudo apt-get install .*\bmemcached\b.*\n$/,
  );
});

test("what the tests need besides is named where the tests are to run: the examples' for everybody, the image's for root", async () => {
  // As on a machine without Debian's Python packages.
  const bare = `
    const fs = process.getBuiltinModule('node:fs');
    const { accessSync } = fs;
    fs.accessSync = (path, ...rest) => { if (path.includes('python3')) throw new Error('not there'); return accessSync(path, ...rest); };
    process.getBuiltinModule('node:module').syncBuiltinESMExports();`;
  const missingFor = async (user: number, tests: boolean) =>
    (await setUp(`${bare} process.getuid = () => ${user};`, directory, tests)).said;
  expect(await missingFor(1000, true)).toMatch(/^missing: .*\bpython3-django, python3-pymemcache\b/);
  expect(await missingFor(1000, true)).not.toMatch(/buildah/);
  expect(await missingFor(0, true)).toMatch(/\bpython3-django, python3-pymemcache, .*\bbuildah\b/);
  expect(await missingFor(0, false)).not.toMatch(/python3|buildah/);
});

test('a package that is missing on another system than Debian ends it, with its name', async () => {
  const { code, said } = await setUp('', directory);
  expect(code).toBe(1);
  expect(said).toMatch(/^missing: .*\bmemcached\b.*, which are Debian's names; there is no apt-get here: .*\n$/);
});

test.each(['18.20.0', '20.15.1'])('Node %s ends it, with the version that is needed', async (version) => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const { code, said } = await setUp(old);
  expect(code).toBe(1);
  expect(said).toMatch(new RegExp(`^Node >=20\\.16 is needed, this is ${version}: install a newer one .*\\n$`));
});

test('what node_modules only leads to is never emptied', async () => {
  const linked = `
    const fs = process.getBuiltinModule('node:fs');
    const { existsSync } = fs;
    fs.existsSync = (path) => !String(path).endsWith('.package-lock.json') && existsSync(path);
    fs.lstatSync = () => ({ isSymbolicLink: () => true });
    process.getBuiltinModule('node:module').syncBuiltinESMExports();`;
  const { code, said } = await setUp(linked, process.env.PATH);
  expect([code, said]).toEqual([1, expect.stringMatching(/^node_modules is a link, .*: remove the link\n$/)]);
});
