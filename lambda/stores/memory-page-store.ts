import {
  type NodeResult,
  type PageStore,
  type PublishToken,
  StoreError,
  type Taken,
  type Usage,
} from '../core/page-store';
import { placingKey } from '../../lib/site/kept-key';
import { kindOfValue } from '../core/page-format';
import { Ring } from './ring';

interface Item {
  readonly value: Buffer;
  readonly cas: number;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** Milliseconds since 1970. */
  usedAt: number;
  isRead: boolean;
}

interface MemoryNode {
  items: Map<string, Item>;
  casCounter: number;
  /** Tokens of an earlier life of the node are worth nothing. */
  life: number;
  reachable: boolean;
}

interface MemoryToken extends PublishToken {
  readonly life: number;
  readonly cas: number;
}

/** Pages in this process, on nodes that can be cut off and restarted: for tests, and for a site of one process. */
export class MemoryPageStore implements PageStore {
  private readonly byName = new Map<string, MemoryNode>();
  private ring: Ring;

  /**
   * @param now milliseconds since 1970.
   */
  public constructor(
    private readonly now: () => number,
    nodes: readonly string[] = ['one:11211'],
  ) {
    this.ring = new Ring(nodes);
  }

  public get nodes(): readonly string[] {
    return this.ring.servers;
  }

  /** Replaces the ring; nodes that leave it keep what they hold. */
  public setNodes(nodes: readonly string[]): void {
    this.ring = new Ring(nodes);
  }

  /** Cuts a node off, or connects it again. */
  public setReachable(node: string, reachable: boolean): void {
    this.node(node).reachable = reachable;
  }

  public isReachable(node: string): boolean {
    return this.node(node).reachable;
  }

  /** Restarts a node: it is empty and counts its tokens from one again. */
  public restart(node: string): void {
    const { life } = this.node(node);
    this.byName.set(node, { items: new Map(), casCounter: 0, life: life + 1, reachable: true });
  }

  public nodeOf(key: string): string {
    return this.ring.nodeOf(placingKey(key));
  }

  /** Finds nothing out: the call that follows does. */
  public checkUp(): void {}

  public take(key: string, leaseSeconds: number): Promise<Taken> {
    // Which node is decided when the call is made, as the fill protocol wants it.
    const name = this.nodeOf(key);
    return attempt(() => {
      const node = this.reach(name);
      const item = this.itemOf(node, key);
      if (item !== undefined) {
        this.use(item);
        return { state: kindOfValue(item.value), token: this.token(key, node, item), value: item.value };
      }
      const lease = this.write(node, key, Buffer.alloc(0), Math.floor(this.now() / 1000) + leaseSeconds);
      return { state: 'taken', token: this.token(key, node, lease) };
    });
  }

  public get(key: string): Promise<Buffer | undefined> {
    return attempt(() => {
      const item = this.itemOf(this.reach(this.nodeOf(key)), key);
      if (item !== undefined) this.use(item);
      return item?.value;
    });
  }

  public read(token: PublishToken): Promise<Buffer | undefined> {
    return attempt(() => {
      const node = this.reach(token.node);
      const item = node.life === (token as MemoryToken).life ? this.itemOf(node, token.key) : undefined;
      if (item !== undefined) this.use(item);
      return item?.value;
    });
  }

  public usage(key: string): Promise<Usage | undefined> {
    return attempt(() => {
      const item = this.itemOf(this.reach(this.nodeOf(key)), key);
      return (
        item && {
          bytes: item.value.length,
          read: item.isRead,
          idleSeconds: Math.floor((this.now() - item.usedAt) / 1000),
        }
      );
    });
  }

  public publish(token: PublishToken, value: Buffer, expiresAt: number): Promise<boolean> {
    return attempt(() => {
      const node = this.holding(token as MemoryToken);
      if (node !== undefined) this.write(node, token.key, value, expiresAt);
      return node !== undefined;
    });
  }

  public release(token: PublishToken): Promise<void> {
    return attempt(() => void this.holding(token as MemoryToken)?.items.delete(token.key));
  }

  public remove(keys: readonly string[], nodes: readonly string[]): Promise<NodeResult[]> {
    return attempt(() =>
      nodes.map((name) => {
        const node = this.node(name);
        return node.reachable
          ? {
              node: name,
              removed: keys.filter((key) => this.itemOf(node, key) !== undefined && node.items.delete(key)).length,
            }
          : { node: name, error: `${name} is cut off` };
      }),
    );
  }

  public flush(nodes: readonly string[]): Promise<NodeResult[]> {
    return attempt(() =>
      nodes.map((name) => {
        const node = this.node(name);
        if (!node.reachable) return { node: name, error: `${name} is cut off` };
        node.items.clear();
        return { node: name, flushed: true };
      }),
    );
  }

  public close(): Promise<void> {
    return Promise.resolve();
  }

  private node(name: string): MemoryNode {
    const known = this.byName.get(name) ?? { items: new Map<string, Item>(), casCounter: 0, life: 0, reachable: true };
    this.byName.set(name, known);
    return known;
  }

  private reach(name: string): MemoryNode {
    const node = this.node(name);
    if (!node.reachable) throw new StoreError(`${name} is cut off`);
    return node;
  }

  private itemOf(node: MemoryNode, key: string): Item | undefined {
    const item = node.items.get(key);
    return item !== undefined && item.expiresAt * 1000 > this.now() ? item : undefined;
  }

  private write(node: MemoryNode, key: string, value: Buffer, expiresAt: number): Item {
    node.casCounter += 1;
    const item = { value, cas: node.casCounter, expiresAt, usedAt: this.now(), isRead: false };
    node.items.set(key, item);
    return item;
  }

  private use(item: Item): void {
    item.isRead = true;
    item.usedAt = this.now();
  }

  private token(key: string, node: MemoryNode, { cas }: Item): MemoryToken {
    const name = [...this.byName].find(([, other]) => other === node)?.[0] as string;
    return { key, node: name, life: node.life, cas };
  }

  private holding(token: MemoryToken): MemoryNode | undefined {
    const node = this.reach(token.node);
    return node.life === token.life && this.itemOf(node, token.key)?.cas === token.cas ? node : undefined;
  }
}

// What throws rejects, as the calls of a store that is far away do.
async function attempt<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
