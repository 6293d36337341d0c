// The page cache beside others, in one run: npx tsx bench/page-caches/main.ts [--quick] [--seconds 3]
import { parseArgs } from 'node:util';
import type { Cleanup } from '../cleanup';
import { section } from '../report';
import { runBenchmark } from '../run-benchmark';
import { startContenders } from './contenders';
import { machine } from './machine';
import { allCells, type Cell, cellTitle, pathsOf, quickCells } from './matrix';
import { measureCell, type Rounds } from './measure';
import { startOrigin } from './origin';
import { cellReport, targetReport } from './results';

const ROUNDS = 3;

async function main(cleanup: Cleanup): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, seconds: { type: 'string', default: '3' } } });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new Error(`--seconds takes a whole number from 1, got: '${values.seconds}'`);
  }
  const cells = values.quick ? quickCells() : allCells();
  const command = ['npx tsx bench/page-caches/main.ts', ...process.argv.slice(2)].join(' ');
  console.log(`${section('Page caches side by side', machine())}\n${command}`);
  console.log(`medians of ${ROUNDS} interleaved rounds of ${seconds} s; one processor for each server; no access logs`);
  console.log('µs: processor time for each request, of the server and of memcached behind it\n');

  const origin = await cleanup.started(startOrigin(), (server) => server.close());
  const contenders = await startContenders(cleanup, origin.address);
  const paths = pathsOf(cells);
  for (const contender of contenders) {
    console.error(`storing ${paths.length} pages: ${contender.name}`);
    await contender.fill(paths);
  }
  const results: [Cell, Rounds][] = [];
  for (const cell of cells) {
    console.error(`measuring: ${cellTitle(cell)}`);
    const rounds = await measureCell(contenders, cell, { rounds: ROUNDS, seconds, originAsked: () => origin.asked() });
    results.push([cell, rounds]);
    console.log(`${cellReport(cell, rounds)}\n`);
  }
  console.log(targetReport(results));
}

runBenchmark(main);
