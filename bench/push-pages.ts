import { randomBytes } from 'node:crypto';
import { forEachAtOnce } from '../lambda/core/batches';
import { Connection } from '../lambda/stores/memcached/connection';

/** How many of something were done, and at which rate. */
export interface Rate {
  readonly count: number;
  readonly perSecond: number;
}

/** A page of so many bytes, in letters that hardly compress: what is stored is nearly as large. */
export function pageOf(url: string, bytes: number): { readonly url: string; readonly body: string } {
  return {
    url,
    body: randomBytes(Math.ceil(bytes / 2))
      .toString('hex')
      .slice(0, bytes),
  };
}

/** How often something was done in a time. */
export function rateOf(count: number, milliseconds: number): Rate {
  if (!(milliseconds > 0)) throw new Error(`a rate needs a time above 0 ms, got ${milliseconds}`);
  return { count, perSecond: count / (milliseconds / 1000) };
}

/** What of the plain rate is left, in percent. */
export function shareOf(rate: Rate, plain: Rate): number {
  return (rate.perSecond / plain.perSecond) * 100;
}

/** Plain `set`s of values on a node, over one connection, so many at once: what storing costs without us. */
export async function plainSets(node: string, values: readonly Buffer[], atOnce: number): Promise<Rate> {
  const connection = await Connection.open(node, { connect: 5000, command: 60_000 });
  const start = performance.now();
  await forEachAtOnce(values.entries(), atOnce, ([i, value]) =>
    connection.send(`set plain-${i} 0 600 ${value.length}\r\n`, value, '\r\n'),
  );
  const rate = rateOf(values.length, performance.now() - start);
  connection.close();
  return rate;
}
