/**
 * Reads many streams as one, some of them at once, each one batch ahead: memory does not grow with their length or number.
 *
 * @param streams opened only when it is their turn.
 */
export async function* merge<T>(streams: Iterable<() => AsyncIterable<T>>, atOnce: number): AsyncGenerator<T> {
  const waiting = streams[Symbol.iterator]();
  const running = new Map<AsyncIterator<T>, Promise<{ from: AsyncIterator<T>; result: IteratorResult<T> }>>();
  const advance = (from: AsyncIterator<T>) => {
    const next = from.next().then((result) => ({ from, result }));
    // Seen when it is its turn; until then it must not be an unhandled rejection.
    next.catch(() => undefined);
    running.set(from, next);
  };
  const open = () => {
    const next = waiting.next();
    if (next.done !== true) advance(next.value()[Symbol.asyncIterator]());
  };
  for (let i = 0; i < atOnce; i += 1) open();
  try {
    while (running.size > 0) {
      const { from, result } = await Promise.race(running.values());
      running.delete(from);
      if (result.done) {
        open();
      } else {
        advance(from);
        yield result.value;
      }
    }
  } finally {
    await Promise.allSettled([...running.keys()].map(async (from) => from.return?.()));
  }
}
