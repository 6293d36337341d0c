/**
 * Proof that a key was free, or held what was read, at one moment: Memcached's CAS token together with the connection
 * that it came over, because a restarted node counts its tokens from one again. Opaque to everybody but the store.
 */
export interface PublishToken {
  readonly key: string;
  /** The node that it is of, as `host:port`. */
  readonly node: string;
}

/** What lies under a page key. `lease`: another writer is rendering. */
export type Taken =
  | { readonly state: 'taken'; readonly token: PublishToken }
  | { readonly state: 'lease' | 'page' | 'pass'; readonly token: PublishToken; readonly value: Buffer };

/** How one node answered a purge. */
export interface NodeResult {
  readonly node: string;
  /** How many of the keys it held; undefined when it did not answer. */
  readonly removed?: number;
  /** It was emptied: how much it held is not known. */
  readonly flushed?: true;
  /** Why it did not answer. */
  readonly error?: string;
  /** It does not exist any more, with everything that it held. */
  readonly gone?: true;
}

/** What a node knows of a value. To ask about it is no use of it. */
export interface Usage {
  /** Its size in bytes, a few more or less. */
  readonly bytes: number;
  /** Whether it has been read since it was written. */
  readonly read: boolean;
  /** Seconds since it was written or read last. */
  readonly idleSeconds: number;
}

/**
 * The Memcached nodes that hold pages, as the fill protocol needs them. Every call ends within the store's deadline; one
 * that fails or is too late throws `StoreError`, and what it was to write never becomes visible by it.
 */
export interface PageStore {
  /** The nodes on the ring now, as `host:port`. */
  readonly nodes: readonly string[];
  /** The node of a key, by nginx's ring; of a kept copy, its page's. */
  nodeOf(key: string): string;
  /** @throws StoreError for a key whose node failed a moment ago and is left alone; asks nobody. */
  checkUp(key: string): void;
  /** Takes a key by adding an empty value for `leaseSeconds`, or reads what is there. */
  take(key: string, leaseSeconds: number): Promise<Taken>;
  /** Reads a value; undefined when there is none. An empty value is a lease. */
  get(key: string): Promise<Buffer | undefined>;
  /** What the node knows of a value; undefined when there is none. @throws UsageUnknownError where nodes do not tell. */
  usage(key: string): Promise<Usage | undefined>;
  /** Reads what lies under a token's key now, on the token's node, which need not be the key's on the ring any more. */
  read(token: PublishToken): Promise<Buffer | undefined>;
  /** Writes over what the token saw, until `expiresAt` (seconds since 1970) at most; what has less than a second, for one. False when it was deleted or taken meanwhile, or its connection is gone. */
  publish(token: PublishToken, value: Buffer, expiresAt: number): Promise<boolean>;
  /** Deletes what the token saw, if it is still there: gives a lease back. */
  release(token: PublishToken): Promise<void>;
  /** Deletes keys on every one of the nodes, which need not be on the ring; never throws for a node's failure. */
  remove(keys: readonly string[], nodes: readonly string[]): Promise<NodeResult[]>;
  /** Empties nodes of everything, also of what is not this site's; never throws for a node's failure. */
  flush(nodes: readonly string[]): Promise<NodeResult[]>;
  close(): Promise<void>;
}

/** A node did not answer as it should within its deadline. */
export class StoreError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** A node does not tell how its values are used. */
export class UsageUnknownError extends StoreError {
  public constructor(node: string, cause: Error) {
    super(
      `${node} does not tell how its values are used (${cause.message}): ElastiCache Serverless has no 'me' command`,
      {
        cause,
      },
    );
    this.name = 'UsageUnknownError';
  }
}
