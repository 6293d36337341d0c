import { z } from 'zod';

/**
 * How many pieces of a warm are worked on at once: the least that Lambda takes as the maximum concurrency of a queue
 * (ScalingConfig.MaximumConcurrency). Each has its share of the rate and of the concurrency towards the origin.
 */
export const WARM_WORKERS = 2;
/** How often a piece of a warm is tried before it is given up. */
export const WARM_TRIES = 3;

export const warmingSchema = z
  .strictObject({
    /** How many requests a second all warms together send to the origin. */
    requestsPerSecond: z
      .number('must be a number')
      .min(0.1, 'must be at least 0.1')
      .max(1000, 'must be at most 1000')
      .default(10),
    /** How many of them are under way at once. */
    concurrency: z
      .int('must be a whole number')
      .min(WARM_WORKERS, `must be at least ${WARM_WORKERS}`)
      .max(64, 'must be at most 64')
      .default(4),
  })
  .prefault({});
