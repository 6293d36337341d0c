import { placingKey } from '../../../lib/site/kept-key';
import { tlsSocket } from '../../../lib/site/nginx/tls-socket';
import { StoreError, UsageUnknownError } from '../../core/page-store';
import type { FoundInStore, NodeStats, StoreReader } from '../../core/store-reader';
import { LEAST_PAGE_BYTES } from '../../core/usage';
import { Ring } from '../ring';
import { Connection, RefusedCommandError, type Tls } from './connection';
import { type ItemFacts, itemFacts } from './item-usage';
import { MemcachedNode } from './node';
import { valueOf } from './replies';

/** How a `MemcachedReader` reaches its nodes. */
export interface MemcachedReaderOptions {
  /** The nodes, as `host:port`, exactly as nginx has them. */
  readonly nodes: readonly string[];
  /** How nodes that speak TLS are known. @default - they do not */
  readonly tls?: Tls;
}

// Somebody looks at the answer: one that is late is worth more than none.
const DEADLINES = { connect: 1000, command: 2000 };
// Latin1, as those of an application that stores its pages itself may be.
const KEY = /^[\x21-\x7e\x80-\xff]{1,250}$/;

/** Memcached nodes for somebody who only looks: there is no way to write or to delete in it. */
export class MemcachedReader implements StoreReader {
  private ring: Ring;
  private readonly tls: Tls | undefined;
  private readonly connected = new Map<string, MemcachedNode<Connection>>();

  public constructor({ nodes, tls }: MemcachedReaderOptions) {
    this.tls = tls;
    this.ring = this.ringOf(nodes);
  }

  public get nodes(): readonly string[] {
    return this.ring.servers;
  }

  /** Replaces the nodes of the ring. */
  public setNodes(nodes: readonly string[]): void {
    this.ring = this.ringOf(nodes);
  }

  public nodeOf(key: string): string {
    return this.ring.nodeOf(placingKey(key));
  }

  public async look(key: string): Promise<FoundInStore | undefined> {
    // Before the value is read, which changes it.
    const facts = await this.factsOf(key);
    if (facts === undefined) return undefined;
    const connection = await this.connect(this.nodeOf(key));
    const value = valueOf(connection, key, await connection.send(Buffer.from(`get ${key}\r\n`, 'latin1')))?.data;
    if (value === undefined || facts === 'not told') return value && { value };
    const { read, idleSeconds, secondsLeft } = facts;
    return { value, read, idleSeconds, secondsLeft };
  }

  public async holdsPage(key: string): Promise<boolean | undefined> {
    const facts = await this.factsOf(key);
    return facts === 'not told' ? undefined : facts !== undefined && facts.bytes >= LEAST_PAGE_BYTES;
  }

  public async stats(node: string): Promise<NodeStats | undefined> {
    const connection = await this.connect(node);
    try {
      const reply = await connection.send('stats\r\n');
      return reply.kind === 'stats' ? nodeStats(reply.stats) : undefined;
    } catch (error) {
      if (error instanceof RefusedCommandError) return undefined;
      throw error;
    }
  }

  public async close(): Promise<void> {
    await Promise.all([...this.connected.values()].map((node) => node.close()));
  }

  private async factsOf(key: string): Promise<ItemFacts | undefined | 'not told'> {
    if (!KEY.test(key)) throw new StoreError(`not a key of Memcached: ${JSON.stringify(key.slice(0, 80))}`);
    const node = this.nodeOf(key);
    try {
      return await itemFacts(node, await this.connect(node), key);
    } catch (error) {
      if (error instanceof UsageUnknownError) return 'not told';
      throw error;
    }
  }

  private connect(name: string): Promise<Connection> {
    const open = (onLate: (error: StoreError) => void) => Connection.open(name, DEADLINES, this.tls, onLate);
    const node = this.connected.get(name) ?? new MemcachedNode(name, open, () => performance.now());
    this.connected.set(name, node);
    return node.connect(true);
  }

  private ringOf(nodes: readonly string[]): Ring {
    return new Ring(nodes, this.tls === undefined ? undefined : tlsSocket);
  }
}

function nodeStats(stats: ReadonlyMap<string, string>): NodeStats {
  const number = (name: string) => Number(stats.get(name) ?? 0);
  return {
    version: stats.get('version') ?? '',
    uptimeSeconds: number('uptime'),
    items: number('curr_items'),
    bytes: number('bytes'),
    limitBytes: number('limit_maxbytes'),
    evictions: number('evictions'),
    hits: number('get_hits'),
    misses: number('get_misses'),
    connections: number('curr_connections'),
  };
}
