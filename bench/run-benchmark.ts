import { InvalidArgumentError } from 'commander';
import { Cleanup } from './cleanup';

/**
 * Runs a benchmark as a process: ends what it started also when it fails or is interrupted, and then the process.
 *
 * @param main gives the exit code, 0 where it gives none.
 */
export function runBenchmark(main: (cleanup: Cleanup) => Promise<number | void>): void {
  const cleanup = new Cleanup();
  const end = async (code: number) => {
    await cleanup.run();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // More than once: npx passes on what a terminal has sent to everybody.
    process.on(signal, () => void end(1));
  }
  main(cleanup)
    .then((code) => end(code ?? 0))
    .catch(async (error: unknown) => {
      console.error(error);
      await end(1);
    });
}

const MOST = 9_999_999;

/** Reads an option that counts something. @throws InvalidArgumentError */
export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > MOST) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST}.`);
  }
  return Number(text);
}
