import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { createServer } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import { parseSiteConfig, type SiteConfig } from '../lib/site/site-config';
import { type DemoOrigin, startDemoOrigin } from './demo-origin/server';
import { INSPECTOR_PORT, startInspector } from './inspector/inspector';
import { liveLine } from './live-line';
import { missingPackages } from './missing-packages';
import { type LocalSite, startSite } from './site';

interface Options {
  readonly origin?: string;
  readonly config?: string;
  readonly port: number;
  readonly lambdaPort: number;
  readonly inspectorPort?: number;
}

// In a clone it is a program of npm's, in the package a command.
const program = new Command(__filename.endsWith('.ts') ? 'npm start --' : 'nginx-memcache-site local')
  .description('Runs a whole cached site on this machine: nginx, memcached, the writer and the functions.')
  .option('--origin <url>', 'the application to put the cache in front of (default: a demo)', originUrl)
  .option('--config <file>', "the site's document, JSON (default: only a name)")
  .option('--port <port>', 'where visitors are answered', port, 8080)
  .option('--lambda-port <port>', 'where the functions are invoked, as at AWS Lambda', port, 9001)
  .option('--inspector-port <port>', `where the inspector is (default: ${INSPECTOR_PORT}, or a free one)`, port)
  .parse();

// Stopped from a signal during the start, too: everything that runs by then ends.
const stops: (() => Promise<void>)[] = [];
let ending: Promise<void> | undefined;
function end(code: number): Promise<void> {
  ending ??= (async () => {
    for (const stop of stops.splice(0).reverse()) await stop().catch((error: Error) => console.error(error.message));
    process.exit(code);
  })();
  return ending;
}
// A terminal that is closed says SIGHUP.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end(0));
}

main(program.opts<Options>()).catch(async (error: Error) => {
  console.error(error.message);
  await end(1);
});

async function main(options: Options): Promise<void> {
  const missing = process.env.NMS_NGINX ? [] : missingPackages();
  if (missing.length > 0) {
    throw new Error(
      `a local site needs packages of Debian's or Ubuntu's that are not here: apt-get install ${missing.join(' ')}`,
    );
  }
  const config = readConfig(options.config);
  await mustBeFree(options.port, '--port');
  await mustBeFree(options.lambdaPort, '--lambda-port');
  if (options.inspectorPort !== undefined) await mustBeFree(options.inspectorPort, '--inspector-port');
  const demo = options.origin === undefined ? await startDemo() : undefined;
  const origin = options.origin ?? (demo as DemoOrigin).url;
  await mustAnswer(origin);
  console.log(
    `starting nginx, two memcached nodes, the writer and the functions in front of ${demo ? 'a demo application' : origin}`,
  );
  const starting = startSite({
    config,
    origin,
    port: options.port,
    lambdaPort: options.lambdaPort,
    behindLoadBalancer: false,
  });
  stops.push(() =>
    starting.then(
      (site) => site.stop(),
      () => undefined,
    ),
  );
  const site = await starting;
  site.nginx.requests.on('request', (logged) => console.log(liveLine(logged)));
  const inspector = await startInspector(site, options.inspectorPort);
  stops.push(() => inspector.close());
  console.log(`\nready ${site.url}\ninspector ${inspector.url}\n\n${thingsToTry(site, demo !== undefined)}\n`);
}

async function startDemo(): Promise<DemoOrigin> {
  const demo = await startDemoOrigin();
  stops.push(() => demo.close());
  return demo;
}

function readConfig(file?: string): SiteConfig {
  if (file === undefined) {
    return parseSiteConfig({ site: 'demo' });
  }
  try {
    return parseSiteConfig(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`--config ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function thingsToTry({ url, lambdaUrl }: LocalSite, demo: boolean): string {
  const purge = (request: object) =>
    `curl -d '${JSON.stringify(request)}' ${lambdaUrl}/2015-03-31/functions/purge/invocations`;
  const tries = demo
    ? [
        [`curl -i ${url}/`, 'a miss: rendered and stored; again, a hit with the same body'],
        [`curl -i '${url}/news?page=2&utm_source=x'`, 'the same page with and without the tracking parameter'],
        [`curl -i -H 'Cookie: session=Ann' ${url}/`, 'an unknown cookie: straight to the application, never stored'],
        [`time curl -s ${url}/slow`, 'two seconds once, then none'],
        [purge({ urls: [`${url}/`] }), 'a receipt; the next request is a miss'],
        [purge({ tags: ['news'], mode: 'refresh' }), 'every page of the list rendered again: nobody meets a miss'],
        [purge({ prefixes: [`${url}/`], dryRun: true }), 'what would go'],
      ]
    : [
        [`curl -i ${url}/`, 'Cache-Status says what happened, and why'],
        [`curl -i ${url}/`, 'again: a hit, if the page may be stored'],
        [`curl -i -H 'Cookie: session=1' ${url}/`, 'an unknown cookie: straight to the application, never stored'],
        [`npx nginx-memcache-site key '${url}/?utm_source=x'`, 'the key, and what was dropped'],
        [purge({ urls: [`${url}/`] }), 'a receipt; the next request is a miss'],
      ];
  return tries.map(([command, shows]) => `  ${command}\n      ${shows}`).join('\n');
}

async function mustBeFree(number: number, option: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          `port ${number} of 127.0.0.1 is ${error.code === 'EADDRINUSE' ? 'busy' : `not to be had (${error.code})`}: choose another one with ${option}`,
        ),
      ),
    );
    probe.listen(number, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

async function mustAnswer(origin: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const asked = (origin.startsWith('https:') ? tlsRequest : request)(
      origin,
      { method: 'HEAD', timeout: 10_000, agent: false },
      (response) => {
        response.resume();
        resolve();
      },
    );
    asked.once('timeout', () => asked.destroy(new Error('no answer within 10 s')));
    asked.once('error', (error) =>
      reject(
        new Error(`the origin ${origin} does not answer (${error.message}): start it first, or give another --origin`),
      ),
    );
    asked.end();
  });
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new InvalidArgumentError('it must be a port, 1 to 65535.');
  return number;
}

function originUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new InvalidArgumentError('it must be http://host:port or https://host:port, without a path.');
  }
  return url.origin;
}
