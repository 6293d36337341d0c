import { functionEnvironments } from './function-environments';
import { startLoadBalancer } from './load-balancer';
import { startFunction } from './local-function';
import type { LocalWriter } from './writer';

/** The fill function behind a load balancer, where a site has one in the sidecar's place. */
export interface LocalFillFunction extends LocalWriter {
  /** The load balancer's, as `127.0.0.1:port`. */
  readonly address: string;
}

/**
 * Starts the fill function's bundle, in a thread for each request that it has at once, and the load balancer before it.
 *
 * @param concurrency how many requests it takes at once: the load balancer answers 502 to others.
 */
export async function startFillFunction(
  env: Readonly<Record<string, string>>,
  onMessage: (line: string) => void,
  concurrency: number,
): Promise<LocalFillFunction> {
  const fill = functionEnvironments(() => startFunction('fill-function', env, onMessage), concurrency);
  const loadBalancer = await startLoadBalancer((event) => fill.invoke(event));
  let stopped: Promise<void> | undefined;
  const end = async () => {
    await loadBalancer.close();
    await fill.stop();
  };
  return {
    address: loadBalancer.address,
    get pid(): number {
      throw new Error('a fill function has no process of its own here: its environments are threads');
    },
    stop: () => (stopped ??= end()),
  };
}
