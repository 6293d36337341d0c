import { StoreError } from '../core/page-store';
import { MemcachedNode } from '../stores/memcached/node';
import type { Ring } from '../stores/ring';
import { FollowedRing } from './followed-ring';
import type { OpenValueConnection, ValueConnection } from './value-connection';
import { ValuesError } from './values-error';
import { within } from './within';

/** How `ValueNodes` are found and reached. */
export interface ValueNodesOptions {
  /** Reads the ring of now. */
  readonly readRing: () => Promise<Ring>;
  /** Milliseconds after which it is read again. */
  readonly readEvery: number;
  readonly open: OpenValueConnection;
  /** Milliseconds for a call, whatever it has to wait for. */
  readonly deadline: number;
  /** Learns of what keeps no call from being answered. */
  readonly onError: (error: ValuesError) => void;
}

type Node = MemcachedNode<ValueConnection>;

const now = () => performance.now();

/** The nodes that hold values: each call goes to the node of its key, in time or not at all. */
export class ValueNodes {
  private readonly ring: FollowedRing;
  private readonly nodes = new Map<string, Node>();
  private lastRing?: Ring;
  private closed = false;

  public constructor(private readonly options: ValueNodesOptions) {
    const { readRing: read, readEvery: every, deadline, onError } = options;
    const failed = (error: unknown) => onError(unreachable(error));
    this.ring = new FollowedRing({ read, every, patience: deadline / 2, now, failed });
  }

  /**
   * Does something over a connection to a key's node.
   *
   * @throws ValuesError `unreachable` when the node does not do it in time, and at once when it did not a moment ago.
   */
  public async ask<T>(key: string, work: (connection: ValueConnection) => Promise<T>): Promise<T> {
    const { deadline } = this.options;
    let [asked, over] = ['the list of nodes', false];
    const answer = async () => {
      const node = this.nodeFor(await this.ring.current(), key);
      asked = node.name;
      const connection = await node.connect();
      if (over) {
        // It was said to have failed: a write must not happen after that, if it can be helped.
        throw new StoreError(`${asked}: too late`);
      }
      return work(connection);
    };
    try {
      return await within(deadline, answer(), () => `${asked}: no answer within ${deadline} ms`);
    } catch (error) {
      throw error instanceof StoreError ? unreachable(error) : error;
    } finally {
      over = true;
    }
  }

  public async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.nodes.values()].map((node) => node.close()));
  }

  private nodeFor(ring: Ring, key: string): Node {
    if (this.closed) {
      throw new StoreError('the values are closed');
    }
    if (ring !== this.lastRing) {
      this.lastRing = ring;
      this.letGoOfOthers(ring);
    }
    const name = ring.nodeOf(key);
    const node = this.nodes.get(name) ?? new MemcachedNode(name, (onLate) => this.options.open(name, onLate), now);
    this.nodes.set(name, node);
    return node;
  }

  /** Closes the connections to nodes that are not on the ring any more. */
  private letGoOfOthers(ring: Ring): void {
    for (const [name, node] of this.nodes) {
      if (!ring.servers.includes(name)) {
        this.nodes.delete(name);
        void node.close();
      }
    }
  }
}

function unreachable(error: unknown): ValuesError {
  return new ValuesError('unreachable', (error as Error).message, { cause: error });
}
