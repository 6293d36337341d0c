import { FunctionError, type LocalFunction } from './local-function';

/**
 * A function as Lambda runs it under load: each environment has one event at a time, and there are never more of them than
 * its reserved concurrency.
 *
 * @param start starts an environment.
 * @param concurrency what comes above it is throttled: it throws FunctionError.
 */
export function functionEnvironments(start: () => Promise<LocalFunction>, concurrency: number): LocalFunction {
  const all: Promise<LocalFunction>[] = [];
  const idle: Promise<LocalFunction>[] = [];
  const take = () => {
    const warm = idle.pop();
    if (warm !== undefined) return warm;
    if (all.length >= concurrency) {
      throw new FunctionError('TooManyRequestsException', 'Rate Exceeded.');
    }
    const cold = start();
    all.push(cold);
    return cold;
  };
  return {
    async invoke(event) {
      const environment = take();
      try {
        return await (await environment).invoke(event);
      } finally {
        idle.push(environment);
      }
    },
    async stop() {
      await Promise.all(all.map(async (environment) => (await environment).stop()));
    },
  };
}
