/** What a process had when it was warm, and in the end, in bytes. */
export interface Growth {
  readonly warm: number;
  readonly end: number;
}

// With 100,000 requests in between it is 17 bytes of each for an nginx worker of 16 MiB, and 29 for a writer that keeps
// 28 MiB: a page's key alone is longer. What allocators and compilers still take after the warm-up is less.
const MOST_SHARE = 0.1;

/**
 * The growth in samples that were taken at equal distances after the warm-up: from the lowest of their first third to the
 * lowest of their last, since garbage comes and goes, and what is kept stays.
 */
export function growthOf(samples: readonly number[]): Growth {
  if (samples.length < 2) throw new Error(`growth needs at least 2 samples after the warm-up, got: ${samples.length}`);
  const third = Math.max(1, Math.floor(samples.length / 3));
  return { warm: Math.min(...samples.slice(0, third)), end: Math.min(...samples.slice(-third)) };
}

/** How many bytes a process may grow by, and still is flat. */
export function mostGrowth({ warm }: Growth): number {
  return warm * MOST_SHARE;
}

export function isFlat(growth: Growth): boolean {
  return growth.end - growth.warm <= mostGrowth(growth);
}
