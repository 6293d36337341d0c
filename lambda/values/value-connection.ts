import type { StoreError } from '../core/page-store';
import type { NodeConnection } from '../stores/memcached/node';
import type { StoredValue } from './encoding';

/**
 * A connection to one Memcached node, as values need it; each protocol has its own. Calls throw `StoreError` when the node
 * does not do what it was asked, and `ValuesError` when that is the value's fault.
 */
export interface ValueConnection extends NodeConnection {
  get(key: string): Promise<StoredValue | undefined>;
  /** @param expires as Memcached reads it; 0: never. */
  set(key: string, value: StoredValue, expires: number): Promise<void>;
  /** False when there is a value already. */
  add(key: string, value: StoredValue, expires: number): Promise<boolean>;
  /** False when there was none. */
  delete(key: string): Promise<boolean>;
  /** Sets when a value expires, as Memcached reads it. False when there is none. */
  touch(key: string, expires: number): Promise<boolean>;
  /** Counts up, or down to 0 at least; undefined when there is no value. */
  count(key: string, direction: 'up' | 'down', by: number): Promise<number | undefined>;
}

/**
 * Opens a connection to a node, `host:port`.
 *
 * @param onLate called when the connection is given up because a reply is late.
 */
export type OpenValueConnection = (node: string, onLate: OnLate) => Promise<ValueConnection>;
export type OnLate = (error: StoreError) => void;
