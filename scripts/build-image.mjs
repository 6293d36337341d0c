// Builds nginx/Dockerfile as a deployment does, without a Docker engine: buildah, over a Debian made by debootstrap. Both
// keep what they have made below the user's cache directory, so that the second time takes a second.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nginx-memcache-site');
const IMAGE = 'localhost/nginx-memcache-site';

/** Whether this machine and user can build and run the image. */
export function canBuildImage() {
  return process.platform === 'linux' && process.getuid() === 0;
}

/**
 * Builds the image from assets/image.
 *
 * @returns {{ directory: string, remove: () => void }} the root of the image's files, and what removes it again.
 */
export function buildImage() {
  mkdirSync(cache, { recursive: true });
  const dockerfile = readFileSync(join(root, 'nginx', 'Dockerfile'), 'utf8');
  const base = buildBase(/^ARG BASE=debian:(\w+)-slim$/m.exec(dockerfile)[1]);
  const context = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-image-'));
  try {
    cpSync(join(root, 'assets', 'image'), context, { recursive: true });
    // The construct puts the site's document there.
    writeFileSync(join(context, 'site.json'), '{ "site": "image" }\n');
    buildah('bud', '--quiet', '--layers', '--isolation', 'chroot', '--format', 'docker', '--build-arg', `BASE=${base}`, '--tag', IMAGE, context); // prettier-ignore
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  const container = buildah('from', '--pull-never', IMAGE);
  return { directory: buildah('mount', container), remove: () => void buildah('rm', container) };
}

// A new one each month, for Debian's fixes.
function buildBase(suite) {
  const name = `localhost/debian-${suite}:${new Date().toISOString().slice(0, 7)}`;
  if (run('buildah', [...STORAGE, 'inspect', '--type', 'image', name]).status === 0) {
    return name;
  }
  console.log(`making a Debian ${suite} for the image's base (debootstrap), once a month`);
  const directory = mkdtempSync(join(cache, 'debootstrap-'));
  try {
    must(run('debootstrap', ['--variant=minbase', suite, directory, mirror()]), `debootstrap ${suite}`);
    const container = buildah('from', 'scratch');
    buildah('add', '--quiet', container, directory, '/');
    buildah('commit', '--quiet', '--rm', container, name);
    return name;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

// Where this machine's own packages come from.
function mirror() {
  const targets = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Origin: Debian'];
  const uris = must(run('apt-get', targets), 'apt-get indextargets').split('\n');
  const found = uris.find((uri) => uri !== '' && !uri.includes('security'));
  if (found === undefined) {
    throw new SetupError(
      "no Debian mirror is known to apt, which the image's base is made from: see apt's sources.list",
    );
  }
  return found;
}

const STORAGE = ['--root', join(cache, 'images'), '--runroot', join(cache, 'run'), '--storage-driver', 'overlay'];

function buildah(...args) {
  return must(run('buildah', [...STORAGE, ...args]), `buildah ${args[0]}`);
}

function run(command, args) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

function must({ status, stdout, stderr, error }, what) {
  if (status !== 0) {
    const log = join(cache, 'failed.log');
    if (existsSync(cache)) writeFileSync(log, `${stdout ?? ''}${stderr ?? ''}`);
    throw new SetupError(`${what} failed: ${error?.message ?? String(stderr).trim().split('\n').at(-1)}; see ${log}`);
  }
  return stdout.trim();
}
