// What visitors notice when a part of the cache fails: npx tsx bench/faults.ts [--seconds 10] [--rounds 3]
import { Command, Option } from 'commander';
import type { Cleanup } from './cleanup';
import { ORIGIN_ALONE, type Run } from './faults/comparison';
import { FAULTS, NOTHING } from './faults/faults';
import { measureFault, measureOrigin } from './faults/measure';
import { faultReport } from './faults/fault-report';
import { machine } from './page-caches/machine';
import { section } from './report';
import { count, runBenchmark } from './run-benchmark';

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly rate: number;
  readonly connections: number;
  readonly rendering: number;
  readonly only?: readonly string[];
}

const program = new Command('npx tsx bench/faults.ts')
  .description('Breaks parts of a whole site on this machine under steady load, and compares what visitors notice.')
  .option('--seconds <number>', 'how long each fault is measured', count, 10)
  .option('--rounds <number>', 'how often; medians are reported', count, 3)
  .option('--rate <number>', 'requests in a second', count, 100)
  .option('--connections <number>', 'connections that they come over', count, 32)
  .option('--rendering <milliseconds>', 'what the application needs for a page', count, 20)
  .addOption(new Option('--only <fault...>', 'these faults alone').choices(FAULTS.map(({ name }) => name)))
  .parse();

runBenchmark((cleanup) => main(program.opts<Options>(), cleanup));

async function main({ only, rounds, ...load }: Options, cleanup: Cleanup): Promise<void> {
  const before = machine();
  const faults = [NOTHING, ...FAULTS.filter(({ name }) => only?.includes(name) ?? true)];
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Each in every round: what slows the machine down for a while does so for all.
    for (const fault of faults) {
      console.error(`round ${round + 1} of ${rounds}: ${fault.name}`);
      runs.push({ fault: fault.name, round, answers: await measureFault(fault, load, cleanup) });
    }
    console.error(`round ${round + 1} of ${rounds}: ${ORIGIN_ALONE}`);
    runs.push({ fault: ORIGIN_ALONE, round, answers: await measureOrigin(load, cleanup) });
  }
  console.log(`${section('Faults under load', before)}
npx tsx bench/faults.ts ${process.argv.slice(2).join(' ')}

${load.rate} requests/s over ${load.connections} connections, ${load.seconds} s from the moment of the fault on; a rendering takes
${load.rendering} ms; medians of the rounds (${rounds}). Times are from when a request was due.

${faultReport(runs, faults)}`);
}
