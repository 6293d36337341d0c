// Measures whether a site's memory stays flat under misses: npx tsx bench/memory.ts [--minutes 10]
import { Command, InvalidArgumentError } from 'commander';
import type { Cleanup } from './cleanup';
import { wasStored } from './memory/distinct-urls';
import { isFlat } from './memory/growth';
import { growthReport, outcomeReport } from './memory/memory-report';
import { startMissedSite } from './memory/missed-site';
import { watchMemory, type WatchTimes } from './memory/watch-memory';
import { machine } from './page-caches/machine';
import { section } from './report';
import { runBenchmark } from './run-benchmark';

interface Options {
  readonly minutes: number;
  readonly every: number;
  readonly warmUp: number;
}

const program = new Command('npx tsx bench/memory.ts')
  .description('Asks a whole site on this machine for distinct URLs, and measures the memory of its processes.')
  .option('--minutes <number>', 'how long it asks', positive, 10)
  .option('--every <seconds>', 'the time between two samples', positive, 30)
  .option('--warm-up <seconds>', 'after which memory is to be flat', positive, 60)
  .parse();

runBenchmark(async (cleanup) => ((await main(program.opts<Options>(), cleanup)) ? 0 : 1));

/** @returns whether all that has to be flat is, under misses that were stored. */
async function main({ minutes, every, warmUp }: Options, cleanup: Cleanup): Promise<boolean> {
  const times: WatchTimes = { seconds: minutes * 60, every, warmUp };
  console.log(`${section('Memory under misses', machine())}
npx tsx bench/memory.ts --minutes ${minutes} --every ${every} --warm-up ${warmUp}

Resident memory. memcached fills up to its limit (-m). DynamoDB's stand-in keeps its table in the memory of the
process that asks, which grows by it, and is left out. "Kept" is what is left when garbage has been collected.
`);
  const site = await startMissedSite(cleanup);
  const { growths, asked } = await watchMemory(site, times, console.log);
  console.log(`\n${section('Answers', outcomeReport(asked))}\n`);
  console.log(section(`Growth after the first ${warmUp} s`, growthReport(growths)));
  if (!wasStored(asked)) {
    console.log('\nHardly any page was stored: this says nothing about misses that are.');
    return false;
  }
  return [...growths.values()].every(isFlat);
}

function positive(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) === 0) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return Number(text);
}
