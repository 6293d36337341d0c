import { checkAnswers } from './check';
import type { Contender } from './contender';
import { type Cell, cellTitle } from './matrix';
import { timeOf } from './processor-time';
import { wrk } from './wrk';
import type { WrkResult } from './wrk-output';

/** One run of wrk against one contender. */
export interface Measurement extends WrkResult {
  /** Processor time of the servers for each request, in microseconds. */
  readonly serverTime: number;
  /** The same of the stores behind them. */
  readonly storeTime: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** How often the origin was asked so far: a hit does not ask it. */
  readonly originAsked: () => number;
}

/** The rounds of each contender, by its name. */
export type Rounds = ReadonlyMap<string, readonly Measurement[]>;

// More than this would not be a measurement of hits.
const FAILURES_ALLOWED = 0.001;
// On a busy machine lookups of ours may take too long, and are misses then.
const ATTEMPTS = 4;

/** Measures a cell: each contender once in each round, so that noise hits all alike. */
export async function measureCell(
  contenders: readonly Contender[],
  cell: Cell,
  { rounds, seconds, originAsked }: MeasureOptions,
): Promise<Rounds> {
  const taking = contenders.filter((contender) => contender.serves?.(cell) ?? true);
  const measured = new Map(taking.map(({ name }) => [name, [] as Measurement[]]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of taking) {
      measured.get(contender.name)?.push(await measureHits(contender, cell, seconds, originAsked));
    }
  }
  return measured;
}

async function measureHits(
  contender: Contender,
  cell: Cell,
  seconds: number,
  originAsked: () => number,
): Promise<Measurement> {
  for (let attempt = 1; ; attempt++) {
    await checkAnswers(contender, cell);
    const before = originAsked();
    const measurement = await measureOnce(contender, cell, seconds);
    const failures = originAsked() - before + measurement.errors;
    if (measurement.requests > 0 && failures <= FAILURES_ALLOWED * measurement.requests) return measurement;
    const message = `${contender.name} (${cellTitle(cell)}): ${failures} of ${measurement.requests} were no hits`;
    if (attempt === ATTEMPTS) throw new Error(message);
    console.error(`${message}; once more`);
  }
}

async function measureOnce({ address, servers, stores }: Contender, cell: Cell, seconds: number): Promise<Measurement> {
  const [server, store] = [timeOf(servers), timeOf(stores)];
  const result = await wrk(address, cell, seconds);
  return {
    ...result,
    serverTime: (timeOf(servers) - server) / result.requests,
    storeTime: (timeOf(stores) - store) / result.requests,
  };
}
