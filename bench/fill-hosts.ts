// Measures what a miss costs beside the origin alone: through the sidecar, and through the fill function.
import { Command, InvalidArgumentError } from 'commander';
import { parseSiteConfig } from '../lib/site/site-config';
import { startSite } from '../local/site';
import { Cleanup } from './cleanup';
import { timeOf } from './fill-hosts/ask-miss';
import { overheads } from './fill-hosts/overhead';
import { startRenderingOrigin } from './fill-hosts/rendering-origin';
import { amount, section, table } from './report';

const RENDERING_TIMES = [0, 20, 100];
const WARM_UP = 20;
const STORED = 'nginx-memcache-site; fwd=uri-miss; stored';

const program = new Command('npx tsx bench/fill-hosts.ts')
  .description('Measures misses with real nginx and memcached on this machine, by where they are rendered.')
  .option('--misses <number>', 'misses of each kind', count, 300)
  .parse();

const cleanup = new Cleanup();
main(program.opts<{ misses: number }>().misses)
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => void cleanup.run().then(() => process.exit()));

async function main(misses: number): Promise<void> {
  const origin = await cleanup.started(startRenderingOrigin(), (server) => server.close());
  const url = `http://${origin.address}`;
  const siteUrl = async (fill: 'sidecar' | 'function') => {
    const config = parseSiteConfig({ site: `bench-${fill}` });
    const site = await cleanup.started(startSite({ config, origin: url, fill }), (running) => running.stop());
    return site.url;
  };
  const hosts = [
    { name: 'the origin alone', url },
    { name: 'the sidecar', url: await siteUrl('sidecar') },
    { name: 'the function', url: await siteUrl('function') },
  ];
  const parts: string[] = [];
  for (const renderingTime of RENDERING_TIMES) {
    parts.push(await measure(hosts, renderingTime, misses));
  }
  console.log(
    section(
      `Misses: ${amount(misses)} of each, after ${WARM_UP} to warm up, one at a time`,
      ...parts,
      [
        'From the request to the end of the page, in milliseconds. Everything is on this machine: without the networks of AWS, with a',
        'stand-in for DynamoDB, and with the function in a warm thread behind a stand-in for its load balancer. That tells what the',
        'project’s own code costs in both hosts; a real load balancer and the start of a real function come on top of it.',
      ].join('\n'),
      `Made with npx tsx bench/fill-hosts.ts --misses ${misses}, Node ${process.version}.`,
    ),
  );
}

async function measure(
  hosts: readonly { readonly name: string; readonly url: string }[],
  renderingTime: number,
  misses: number,
): Promise<string> {
  const measured = hosts.map((host) => ({ ...host, times: [] as number[], others: 0 }));
  for (let round = 0; round < WARM_UP + misses; round += 1) {
    // In turn: what gets faster or slower in the meantime does so for every host.
    for (const host of measured) {
      const { milliseconds, cache } = await timeOf(`${host.url}/${renderingTime}/${round}`);
      if (round >= WARM_UP) host.times.push(milliseconds);
      if (cache !== '' && cache !== STORED) host.others += 1;
    }
  }
  const [first, ...rest] = measured as [(typeof measured)[0], ...typeof measured];
  const rows = overheads([first, ...rest]).map(({ name, p50, p99, added, ratio }, i) => [
    name,
    ...[p50, p99].map((time) => amount(time, 2)),
    ...(i === 0 ? ['', ''] : [amount(added, 2), amount(ratio, 2)]),
    // On a busy machine the store is now and then too late for a miss.
    String(measured[i]?.others),
  ]);
  return table([[`the origin takes ${renderingTime} ms`, 'p50', 'p99', 'added', 'times', 'not stored'], ...rows]);
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
  return Number(text);
}
