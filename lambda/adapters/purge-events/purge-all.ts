import { forEachAtOnce } from '../../core/batches';
import { type Ask } from './requests';

/** Calls the purge function. */
export type Purge<Result = unknown> = (request: unknown) => Promise<Result>;

/** Several of an event's purges failed. */
export class PurgeEventsError extends Error {
  public constructor(public readonly errors: readonly Error[]) {
    super(`${errors.length} of the event's purges failed:\n${errors.map(({ message }) => message).join('\n')}`);
    this.name = 'PurgeEventsError';
  }
}

/**
 * Purges what a message asks for, one after the other, and tries all of it.
 *
 * @throws the error of the one that failed, or PurgeEventsError.
 */
export async function purgeAll(asks: readonly Ask[], purge: Purge): Promise<void> {
  const outcomes = await settleAll(asks, 1, async (ask) => {
    const request = ask();
    if (request !== undefined) await purge(request);
  });
  throwTogether(outcomes.filter((outcome) => outcome instanceof Error));
}

/** Throws one error as it is and several as one; none is fine. */
export function throwTogether(errors: readonly Error[]): void {
  const [first, second] = errors;
  if (first !== undefined) {
    throw second === undefined ? first : new PurgeEventsError(errors);
  }
}

/** Works through a list, so many at once, to its end. Each outcome stands where its item does. */
export async function settleAll<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<(Error | undefined)[]> {
  const outcomes = new Array<Error | undefined>(items.length).fill(undefined);
  await forEachAtOnce(items.entries(), atOnce, ([at, item]) =>
    work(item).catch((error: Error) => (outcomes[at] = error)),
  );
  return outcomes;
}
