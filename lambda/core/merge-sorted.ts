interface Head<T> {
  readonly from: AsyncIterator<readonly T[]>;
  readonly batch: readonly T[];
  at: number;
}

/**
 * Reads many sorted streams as one sorted stream. Each is one batch ahead: memory does not grow with their length.
 *
 * @param streams opened all at once.
 * @param placeOf by what they are sorted, in ascending order.
 */
export async function* mergeSorted<T>(
  streams: readonly (() => AsyncIterable<readonly T[]>)[],
  placeOf: (item: T) => string,
): AsyncGenerator<T> {
  const opened = streams.map((open) => open()[Symbol.asyncIterator]());
  try {
    const heads = (await Promise.all(opened.map(nextHead))).filter((head) => head !== undefined);
    while (heads.length > 0) {
      const place = (head: Head<T>) => placeOf(head.batch[head.at] as T);
      const least = heads.reduce((one, other) => (place(other) < place(one) ? other : one));
      yield least.batch[least.at] as T;
      least.at += 1;
      if (least.at === least.batch.length) {
        const next = await nextHead(least.from);
        heads.splice(heads.indexOf(least), 1, ...(next === undefined ? [] : [next]));
      }
    }
  } finally {
    await Promise.allSettled(opened.map(async (from) => from.return?.()));
  }
}

// DynamoDB answers batches without rows where none of those it looked at fits.
async function nextHead<T>(from: AsyncIterator<readonly T[]>): Promise<Head<T> | undefined> {
  for (;;) {
    const next = await from.next();
    if (next.done === true) return undefined;
    if (next.value.length > 0) return { from, batch: next.value, at: 0 };
  }
}
