/**
 * A percentile of measurements by the nearest rank: always one of them, never a value between two.
 *
 * @param percent above 0, at most 100.
 */
export function percentile(measurements: readonly number[], percent: number): number {
  const sorted = [...measurements].sort((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) {
    throw new Error(`there is no ${percent}th percentile of ${measurements.length} measurements`);
  }
  return value;
}
