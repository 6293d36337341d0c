/** A value as a node holds it. */
export interface FoundInStore {
  readonly value: Buffer;
  /** Seconds until the node forgets it; undefined where the node does not tell. */
  readonly secondsLeft?: number;
  /** Whether it had been read since it was written, before it was looked at; undefined where the node does not tell. */
  readonly read?: boolean;
  /** Seconds since it was written or read last; undefined where the node does not tell. */
  readonly idleSeconds?: number;
}

/** Memcached's own statistics of a node, since it was started. */
export interface NodeStats {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly items: number;
  /** What the items take, in bytes. */
  readonly bytes: number;
  /** What they may take, in bytes. */
  readonly limitBytes: number;
  /** Items that were thrown out before their time, for want of memory. */
  readonly evictions: number;
  /** Lookups that found something: those of nginx, and the writer's. */
  readonly hits: number;
  readonly misses: number;
  readonly connections: number;
}

/** The Memcached nodes for somebody who only looks. Every call ends within a deadline, and throws `StoreError` otherwise. */
export interface StoreReader {
  /** The nodes on the ring now, as `host:port`. */
  readonly nodes: readonly string[];
  /** The node of a key, by nginx's ring; of a kept copy, its page's. */
  nodeOf(key: string): string;
  /** What lies under a key. To look counts as a use of it. */
  look(key: string): Promise<FoundInStore | undefined>;
  /** Whether a page lies under a key; undefined where the node does not tell without giving all of it. No use of it. */
  holdsPage(key: string): Promise<boolean | undefined>;
  /** What a node says of itself; undefined where it answers, and does not tell. */
  stats(node: string): Promise<NodeStats | undefined>;
}
