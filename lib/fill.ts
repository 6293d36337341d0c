/** Options for a writer beside nginx. */
export interface SidecarFillOptions {
  /**
   * The writer's share of a task's processor, in percent, when both want all of it: hits stay fast under many misses.
   * @default 25
   */
  readonly cpuShare?: number;
}

/**
 * Where missed pages are rendered and stored.
 *
 * - `Fill.sidecar()`: by a process beside nginx, in the same task.
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

  private constructor(
    /** The writer's share of a task's processor, in percent. */
    public readonly cpuShare: number,
  ) {}
}
