// What a machine needs before anything else runs. Node's own modules only: nothing else is there yet.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// The file by which a package is known to be there.
const SYSTEM_PACKAGES = JSON.parse(readFileSync(join(root, 'local', 'system-packages.json'), 'utf8'));

// What the example of a Django site needs, which the tests run.
const EXAMPLE_PACKAGES = {
  'python3-django': '/usr/lib/python3/dist-packages/django/__init__.py',
  'python3-pymemcache': '/usr/lib/python3/dist-packages/pymemcache/__init__.py',
};

// What only the tests need: to build the image, to make certificates, and to open the inspector (400 MB).
const TEST_PACKAGES = {
  buildah: 'buildah',
  chromium: '/usr/bin/chromium',
  debootstrap: 'debootstrap',
  openssl: 'openssl',
};

/** Something that the reader can put right. It is shown as one line. */
export class SetupError extends Error {}

/** Runs a script's work; a failure becomes one clear line and exit code 1. */
export async function runScript(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * Installs what is missing: system packages by apt, then node modules. Takes no time when nothing is.
 *
 * @param tests whether the tests are to run, which need more.
 */
export function setUp({ tests = false } = {}) {
  checkNode();
  // A user's nginx is often found by root alone.
  process.env.PATH = `${process.env.PATH}${delimiter}/usr/sbin`;
  installSystemPackages({
    ...SYSTEM_PACKAGES,
    ...(tests ? EXAMPLE_PACKAGES : {}),
    // Only root can build the image and install a browser, and the tests do without them otherwise.
    ...(tests && process.getuid() === 0 ? TEST_PACKAGES : {}),
  });
  installNodeModules();
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [wanted, have] = [engines.node.replace('>=', ''), process.versions.node].map((v) => v.split('.').map(Number));
  if (have[0] < wanted[0] || (have[0] === wanted[0] && have[1] < (wanted[1] ?? 0))) {
    throw new SetupError(
      `Node ${engines.node} is needed, this is ${process.versions.node}: install a newer one from nodejs.org or with nvm`,
    );
  }
}

function installSystemPackages(packages) {
  const missing = Object.entries(packages)
    .filter(([, file]) => !isThere(file))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const install = `apt-get install --yes --no-install-recommends ${missing.join(' ')}`;
  if (!isThere('apt-get')) {
    throw new SetupError(
      `missing: ${missing.join(', ')}, which are Debian's names; there is no apt-get here: install them in your system's way`,
    );
  }
  if (process.getuid() !== 0) {
    throw new SetupError(
      `missing system packages, and only root may install them; run: sudo apt-get update && sudo ${install}`,
    );
  }
  console.log(`installing system packages: ${missing.join(', ')}`);
  withoutServices(() => {
    if (run(install, { quiet: true }) !== 0) {
      // The list of packages may be old, or not there yet.
      run('apt-get update', { quiet: true });
      if (run(install) !== 0)
        throw new SetupError(`could not install ${missing.join(', ')}; see above, then run: ${install}`);
    }
  });
}

// Debian starts what it installs: an nginx on port 80 that nobody asked for. policy-rc.d is how one says no.
function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(policy);
  }
}

function installNodeModules() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    // npm would empty the directory that it leads to, which is somebody else's.
    throw new SetupError(
      'node_modules is a link, and what it leads to is older than package-lock.json: remove the link',
    );
  }
  console.log('installing node modules (npm ci)');
  if (run('npm ci --no-audit --no-fund --loglevel=error') !== 0) {
    throw new SetupError('npm ci failed; see above');
  }
}

function run(command, { quiet = false } = {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('sh', ['-c', command], {
    cwd: root,
    env,
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', quiet ? 'ignore' : 'inherit'],
  }).status;
}

function isThere(file) {
  const candidates = file.startsWith('/')
    ? [file]
    : process.env.PATH.split(delimiter).map((directory) => join(directory, file));
  return candidates.some((path) => {
    try {
      accessSync(path, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  });
}
