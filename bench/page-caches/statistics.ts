/** The value in the middle; of an even number, the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error('nothing has no median');
  return (low + high) / 2;
}

/**
 * The median of the ratios of what was measured in the same round: what disturbs a round disturbs both.
 *
 * @param values one value for each round, in the order of the rounds, as `others`.
 */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  if (values.length !== others.length) throw new Error(`${values.length} rounds against ${others.length}`);
  return median(values.map((value, round) => value / (others[round] ?? NaN)));
}
