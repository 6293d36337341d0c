import type { RequestUnits } from './request-units';

// On-demand list prices of us-east-1, in dollars for a million request units. Approximate: regions differ and prices
// change, see https://aws.amazon.com/dynamodb/pricing/on-demand/. Storage and transfer are not in them.
export const DOLLARS_PER_MILLION_READS = 0.125;
export const DOLLARS_PER_MILLION_WRITES = 0.625;

/** What request units cost, in dollars. */
export function dollars({ read, write }: RequestUnits): number {
  return (read * DOLLARS_PER_MILLION_READS + write * DOLLARS_PER_MILLION_WRITES) / 1e6;
}
