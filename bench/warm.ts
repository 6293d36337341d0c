// Measures a warm from a sitemap: what it needs of memory, and what the origin sees of its rate and concurrency.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { listening } from '../local/listening';
import type { Cleanup } from './cleanup';
import { pageOf } from './push-pages';
import { amount, mebibytes, section, table } from './report';
import { count, runBenchmark } from './run-benchmark';
import { SITE, startStage } from './stage';
import { ObservedLoad } from './warm/observed-load';
import type { WarmMeasurement, WarmTask } from './warm/warm-process';

interface Options {
  readonly urls: number;
  readonly rate: number;
  readonly concurrency: number;
}

const RENDERING = 10;
const BYTES = 10_000;

const program = new Command('npx tsx bench/warm.ts')
  .description('Measures a warm with real memcached and a DynamoDB stand-in on this machine.')
  .option('--urls <number>', 'pages of the sitemap', count, 10_000)
  .option('--rate <number>', 'requests a second that the site allows', count, 200)
  .option('--concurrency <number>', 'requests at once that the site allows', count, 8)
  .parse();

runBenchmark((cleanup) => main(program.opts<Options>(), cleanup));

async function main({ urls, rate, concurrency }: Options, cleanup: Cleanup): Promise<void> {
  const stage = await startStage(cleanup);
  const load = new ObservedLoad();
  const { body } = pageOf('', BYTES);
  const locs = Array.from({ length: urls }, (_, i) => `<url><loc>https://www.example.com/p/${i}</loc></url>`);
  const sitemap = `<urlset>${locs.join('')}</urlset>`;
  const server = createServer((request, response) => {
    if (request.url === '/sitemap.xml') {
      response.end(sitemap);
      return;
    }
    load.begin(performance.now());
    setTimeout(() => {
      load.end();
      response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=600' }).end(body);
    }, RENDERING);
  });
  const origin = await cleanup.started(listening(server), (running) => running.close());
  const measured = await warmInChild(cleanup, {
    config: { site: SITE, warming: { requestsPerSecond: rate, concurrency } },
    origin: `http://${origin.address}`,
    sitemap: 'https://www.example.com/sitemap.xml',
    ...{ nodes: stage.nodes, tableName: stage.tableName, dynamodbEndpoint: stage.dynamodbEndpoint },
  });
  const { stored } = measured.pages;
  if (stored.count !== urls)
    throw new Error(`of ${urls} pages ${stored.count} were stored: ${JSON.stringify(measured.pages)}`);
  console.log(report({ urls, rate, concurrency }, measured, load));
}

function report({ urls, rate, concurrency }: Options, measured: WarmMeasurement, load: ObservedLoad): string {
  const rows = [
    ['at the origin', 'allowed', 'seen'],
    ['requests a second, on average', amount(rate), amount(load.perSecond, 1)],
    ['requests within the busiest second', amount(rate), amount(load.busiest(1000))],
    ['requests under way at once', amount(concurrency), amount(load.mostAtOnce)],
  ];
  const memory = [
    ['of the warming process', ''],
    ['peak memory', mebibytes(measured.peakResidentBytes)],
    ['memory before', mebibytes(measured.residentBytesBefore)],
    ['heap growth', mebibytes(measured.heapGrowthBytes)],
    ['seconds', amount(measured.milliseconds / 1000, 1)],
  ];
  return section(
    `A warm of ${amount(urls)} pages of ${amount(BYTES)} bytes, from a sitemap`,
    table(rows),
    table(memory),
    'Both workers of the queue run in one process here, and on AWS in two functions. The origin counts when requests come, which on\na busy machine is some time after they were sent: a second may then have a few more than allowed. DynamoDB is a stand-in.',
    `Made with npx tsx bench/warm.ts --urls ${urls} --rate ${rate} --concurrency ${concurrency}, Node ${process.version}.`,
  );
}

/** Warms in a process of its own, whose memory is only the warm's. */
async function warmInChild(cleanup: Cleanup, task: WarmTask): Promise<WarmMeasurement> {
  const child = fork(join(__dirname, 'warm', 'warm-process.ts'), {
    execArgv: ['--expose-gc', '--import', pathToFileURL(require.resolve('tsx')).href],
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  void cleanup.started(Promise.resolve(child), async () => {
    child.kill('SIGKILL');
    await exit;
  });
  let measurement: WarmMeasurement | undefined;
  child.on('message', (message) => (measurement = message as WarmMeasurement));
  child.send(task);
  const [code] = await exit;
  if (measurement === undefined) throw new Error(`the warm failed (exit code ${code}); see above`);
  return measurement;
}
