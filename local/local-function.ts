import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ASSETS } from './assets';

/** A function's bundle in a thread of its own, with an environment of its own, as Lambda would run it. */
export interface LocalFunction {
  /** @throws FunctionError when the handler throws. */
  invoke(event: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** What a handler threw, as Lambda reports it. */
export class FunctionError extends Error {
  public constructor(
    public readonly errorType: string,
    public readonly errorMessage: string,
  ) {
    super(errorMessage);
    this.name = 'FunctionError';
  }
}

type Answer = { readonly id: number } & (
  { readonly result: unknown } | { readonly errorType: string; readonly errorMessage: string }
);

// Runs inside the thread: plain JavaScript, because a thread has no TypeScript.
const HOST = `
const { parentPort, workerData } = require('node:worker_threads');
const { handler } = require(workerData);
const context = { getRemainingTimeInMillis: () => 15 * 60 * 1000 };
parentPort.on('message', async ({ id, event }) => {
  try {
    parentPort.postMessage({ id, result: JSON.parse(JSON.stringify((await handler(event, context)) ?? null)) });
  } catch (error) {
    parentPort.postMessage({ id, errorType: error.name, errorMessage: error.message });
  }
});
`;

/** Starts the bundle `assets/<name>` that `npm run build` makes. */
export async function startFunction(
  name: 'fill-function' | 'inspect' | 'purge' | 'purge-events' | 'warm' | 'warm-events' | 'write',
  env: Readonly<Record<string, string>>,
  onMessage: (line: string) => void = console.error,
): Promise<LocalFunction> {
  const worker = new Worker(HOST, {
    eval: true,
    stderr: true,
    // Lines for CloudWatch, which nobody takes here.
    stdout: true,
    env: { ...env },
    workerData: join(ASSETS, name, 'index.js'),
  });
  worker.stdout.resume();
  worker.stderr.setEncoding('utf8').on('data', (text: string) => onMessage(text.trimEnd()));
  await once(worker, 'online');
  const waiting = new Map<number, (answer: Answer) => void>();
  worker.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let dead: FunctionError | undefined;
  const died = (error: FunctionError) => {
    dead ??= error;
    waiting.forEach((resolve, id) => resolve({ id, errorType: error.errorType, errorMessage: error.errorMessage }));
    waiting.clear();
  };
  worker.on('error', ({ name, message }: Error) => died(new FunctionError(name, message)));
  worker.on('exit', (code) => died(new FunctionError('Runtime.ExitError', `the function ended with code ${code}`)));
  let calls = 0;
  return {
    async invoke(event) {
      if (dead !== undefined) throw dead;
      const id = (calls += 1);
      const answer = await new Promise<Answer>((resolve) => {
        waiting.set(id, resolve);
        worker.postMessage({ id, event });
      });
      if ('errorType' in answer) throw new FunctionError(answer.errorType, answer.errorMessage);
      return answer.result;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
