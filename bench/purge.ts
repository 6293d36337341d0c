// Measures purges: how they scale, what they cost at DynamoDB, how long they take. README, "How fast is a purge?".
import { Command } from 'commander';
import type { Cleanup } from './cleanup';
import { measureLatency } from './latency';
import { count, runBenchmark } from './run-benchmark';
import { measureScale } from './scale';
import { startStage } from './stage';
import { measureUnits } from './units';

interface Options {
  readonly pages: number;
  readonly urls: number;
}

const program = new Command('npx tsx bench/purge.ts')
  .description('Measures purges with real memcached, a DynamoDB stand-in and a whole site on this machine.')
  .option('--pages <number>', 'pages of the largest tag', count, 100_000)
  .option('--urls <number>', 'purges whose time is measured, of each kind', count, 300)
  .parse();

runBenchmark((cleanup) => main(program.opts<Options>(), cleanup));

async function main({ pages, urls }: Options, cleanup: Cleanup): Promise<void> {
  // First, and alone: the table of the other sections would hold up this process with its garbage collections.
  progress('measuring latency with a whole site');
  const latency = await measureLatency(urls, cleanup);
  await cleanup.run();
  progress(`storing pages under tags of up to ${pages} pages, and purging them`);
  const stage = await startStage(cleanup);
  const scale = await measureScale(stage, pages, cleanup);
  progress('counting request units');
  const units = await measureUnits(stage, pages);
  const made = `Made with npx tsx bench/purge.ts --pages ${pages} --urls ${urls}, Node ${process.version}.`;
  // At the end, behind what the site's parts say meanwhile.
  console.log(`\n${[scale, units, latency, made].join('\n\n')}`);
}

// The report alone goes to standard output.
function progress(text: string): void {
  console.error(`${text} …`);
}
