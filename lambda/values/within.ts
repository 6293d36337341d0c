import { StoreError } from '../core/page-store';
import { Deadline } from '../stores/memcached/deadline';

/**
 * Waits for work, but not longer than it may take; the work goes on.
 *
 * @throws StoreError when it is not done in time, and what the work throws.
 */
export function within<T>(milliseconds: number, work: Promise<T>, late: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = new Deadline(milliseconds, () => reject(new StoreError(late())));
    void work.then(resolve, reject).finally(() => deadline.clear());
  });
}
