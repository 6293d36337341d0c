import { IndexError } from './page-index';
import { StoreError } from './page-store';

/** The reason that an error of the store or the index stands for; throws every other error again. */
export function unreachable(error: unknown): 'store-unreachable' | 'index-unreachable' {
  if (error instanceof StoreError) {
    return 'store-unreachable';
  }
  if (error instanceof IndexError) {
    return 'index-unreachable';
  }
  throw error;
}
