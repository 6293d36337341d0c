import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process in the image's files, as a task's container runs it: unprivileged, with two writable places. */
export interface Container {
  /** What it has written to standard output and standard error until now. */
  output(): string;
  /** Sends a signal and waits for the end. @returns the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

// The image's user, of nginx/Dockerfile.
const USER = 10_001;

// Every mount is in a namespace of its own, and goes with the process. The root becomes read-only as ECS makes it.
const RUN = `
root=$1; program=$2; shift 2
mount --bind "$root" "$root" && mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc"
mount -t tmpfs -o uid=${USER},mode=755 tmpfs "$root/run/nginx-memcache-site"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -o remount,ro,bind "$root"
exec chroot --userspec=${USER}:${USER} "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" \\
  node "/opt/nginx-memcache-site/$program"
`;

/** Starts one of the image's two programs with the environment of a task. The network is this machine's. */
export function startContainer(program: 'tier.js' | 'sidecar.js', env: Readonly<Record<string, string>>): Container {
  const directory = mkdtempSync(join(tmpdir(), 'nginx-memcache-site-container-'));
  const log = join(directory, 'output');
  // A file, because nginx opens /dev/stdout anew: container runtimes make it the user's own.
  const descriptor = openSync(log, 'a');
  chownSync(log, USER, USER);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const root = process.env.NMS_IMAGE_ROOT ?? '';
  const started = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-ec', RUN, 'sh', root, program, ...variables],
    { stdio: ['ignore', descriptor, descriptor] },
  );
  closeSync(descriptor);
  const ended = once(started, 'exit').then(([code]) => code as number | null);
  return {
    output: () => readFileSync(log, 'utf8'),
    ended,
    async stop(signal) {
      started.kill(signal);
      const code = await ended;
      rmSync(directory, { recursive: true, force: true });
      return code;
    },
  };
}
