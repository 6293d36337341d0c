/** Options for a writer beside nginx. */
export interface SidecarFillOptions {
  /**
   * The writer's share of a task's processor, in percent, when both want all of it: hits stay fast under many misses.
   * @default 25
   */
  readonly cpuShare?: number;
}

/** Options for a writer that is a function. */
export interface FunctionFillOptions {
  /**
   * The function's memory, in MiB, from 128 to 10240. Its processor grows with it: 1769 MiB are a whole one.
   * @default 1024
   */
  readonly memorySize?: number;
  /**
   * How many misses the function takes at once; those above it go past the cache to the origin. It is taken from the
   * account's own limit, and no other function can take it away.
   * @default - as many as the account has left
   */
  readonly reservedConcurrency?: number;
}

/**
 * Where missed pages are rendered and stored.
 *
 * - `Fill.sidecar()`: by a process beside nginx, in the same task.
 * - `Fill.function()`: by a Lambda function behind an internal load balancer.
 */
export class Fill {
  /** A process beside nginx in every task. */
  public static sidecar(options: SidecarFillOptions = {}): Fill {
    const share = options.cpuShare ?? 25;
    if (!Number.isInteger(share) || share < 5 || share > 95) {
      throw new Error(`Fill.sidecar: cpuShare must be a whole number of percent from 5 to 95, got: ${share}`);
    }
    return new Fill(share);
  }

  /**
   * A Lambda function: misses take nothing from nginx, and any number of them finds a processor. Each is slower by the way
   * through a load balancer, and by the start of the function when it has not been called for long.
   *
   * A page of more than about 750 kB does not fit into a function's answer: nginx fetches it from Memcached, or where it was
   * not stored from the origin. Not with `purgeOnUnsafeRequests`, nor where functions cannot reach the origin.
   */
  public static function(options: FunctionFillOptions = {}): Fill {
    const { memorySize, reservedConcurrency } = options;
    if (memorySize !== undefined && (!Number.isInteger(memorySize) || memorySize < 128 || memorySize > 10240)) {
      throw new Error(`Fill.function: memorySize must be a whole number of MiB from 128 to 10240, got: ${memorySize}`);
    }
    if (reservedConcurrency !== undefined && (!Number.isInteger(reservedConcurrency) || reservedConcurrency < 1)) {
      throw new Error(
        `Fill.function: reservedConcurrency must be a whole number of at least 1, got: ${reservedConcurrency}`,
      );
    }
    return new Fill(0, options);
  }

  private constructor(
    /** The writer's share of a task's processor, in percent: 0 where it is not in the task. */
    public readonly cpuShare: number,
    /**
     * Of the function, where there is one.
     *
     * @internal
     */
    public readonly _function?: FunctionFillOptions,
  ) {}
}
