import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { NginxDeployment } from '../lib/site/nginx/deployment';
import type { SiteConfig } from '../lib/site/site-config';
import { writeConfigurationDirectory } from '../nginx/configuration-directory';
import { ASSETS } from './assets';

/** One line of nginx's access log. */
export interface LoggedRequest {
  readonly time: string;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly status: number;
  /** The `Cache-Status` that the visitor received. */
  readonly cache: string;
  /** Empty for a request that bypassed the cache. */
  readonly key: string;
  readonly seconds: number;
  readonly bytes: number;
}

/** A real nginx with the configuration that a task would have. */
export interface LocalNginx {
  readonly pid: number;
  readonly directory: string;
  /** Emits `request` with a `LoggedRequest` for each request. */
  readonly requests: EventEmitter<{ request: [LoggedRequest] }>;
  /** Writes the configuration anew, checks it and reloads it. */
  reload(config: SiteConfig, deployment: LocalDeployment): Promise<void>;
  stop(): Promise<void>;
}

/** An `NginxDeployment` without its directory and its logs, which come back as events and on standard error. */
export type LocalDeployment = Omit<NginxDeployment, 'accessLog' | 'errorLog' | 'directory'>;

export interface StartNginxOptions {
  readonly config: SiteConfig;
  readonly deployment: LocalDeployment;
  /** nginx's own messages. Default: the process's standard error. */
  readonly onMessage?: (line: string) => void;
}

/** The nginx that is run: `NMS_NGINX`, or the one on the path. */
const nginxProgram = () => process.env.NMS_NGINX || 'nginx';
const STATIC_FILES = join(ASSETS, 'image', 'nginx');

/**
 * Starts nginx in the foreground of a child process and waits until it answers.
 *
 * @throws Error with nginx's own words when it does not start.
 */
export async function startNginx({
  config,
  deployment,
  onMessage = console.error,
}: StartNginxOptions): Promise<LocalNginx> {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-'));
  // nginx's workers run as another user when it is started by root.
  await chmod(directory, 0o755);
  const requests = new EventEmitter<{ request: [LoggedRequest] }>();
  const log = await receiveLog(requests);
  const write = (c: SiteConfig, d: LocalDeployment) =>
    writeConfigurationDirectory(directory, STATIC_FILES, c, {
      ...d,
      accessLog: `syslog:server=127.0.0.1:${log.address().port},nohostname`,
      errorLog: 'stderr',
    });
  const cleanUp = async () => {
    log.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await write(config, deployment);
    const nginx = await launch(directory, deployment.statusListen, onMessage);
    return {
      pid: nginx.pid as number,
      directory,
      requests,
      async reload(newConfig, newDeployment) {
        await write(newConfig, newDeployment);
        await run(directory, ['-t', '-q', '-p', directory, '-c', 'nginx.conf']);
        nginx.kill('SIGHUP');
      },
      async stop() {
        if (nginx.exitCode === null && nginx.signalCode === null) {
          nginx.kill('SIGTERM');
          await once(nginx, 'exit');
        }
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function launch(
  directory: string,
  statusListen: string,
  onMessage: (line: string) => void,
): Promise<ChildProcess> {
  const nginx = spawn(nginxProgram(), ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'], {
    // Its sockets are named relative to it.
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  let running = false;
  nginx.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += running ? '' : text;
    if (running) onMessage(text.trimEnd());
  });
  const failed = new Promise<never>((_, reject) => {
    nginx.once('error', (error) => reject(new Error(`nginx did not start: ${error.message}`)));
    nginx.once('exit', (code) => reject(new Error(`nginx did not start (exit code ${code}): ${words.trim()}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([failed, answering(`http://${statusListen}/health`)]);
  running = true;
  return nginx;
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const ok = await new Promise<boolean>((resolve) => {
      get(url, { agent: false }, (response) => resolve(response.resume().statusCode === 200)).on('error', () =>
        resolve(false),
      );
    });
    if (ok) return;
    await wait(20);
  }
}

async function run(directory: string, args: string[]): Promise<void> {
  const process = spawn(nginxProgram(), args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  process.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const [code] = (await once(process, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`nginx refuses its configuration: ${words.trim()}`);
}

// nginx writes a log to a file or to syslog; a datagram socket is the one of the two that leaves nothing behind.
async function receiveLog(requests: EventEmitter<{ request: [LoggedRequest] }>): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (message) => {
    const line = message.toString('latin1');
    requests.emit('request', JSON.parse(line.slice(line.indexOf('{'))) as LoggedRequest);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
