import {
  type NodeResult,
  type PageStore,
  type PublishToken,
  StoreError,
  type Taken,
  type Usage,
} from '../../core/page-store';
import { kindOfValue } from '../../core/page-format';
import { Ring } from '../ring';
import { placingKey } from '../../../lib/site/kept-key';
import { tlsSocket } from '../../../lib/site/nginx/tls-socket';
import { expiryTime } from './expiry-time';
import { Connection, type Deadlines, type Tls } from './connection';
import { itemUsage } from './item-usage';
import { MemcachedNode } from './node';
import { isStatus, valueOf } from './replies';
import type { FoundValue } from './reply-parser';

/** How a `MemcachedPageStore` reaches its nodes. */
export interface MemcachedPageStoreOptions {
  /** The nodes, as `host:port`, exactly as nginx has them. */
  readonly nodes: readonly string[];
  /** How nodes that speak TLS are known. @default - they do not */
  readonly tls?: Tls;
  /** Milliseconds to connect to a node. @default 100 */
  readonly connectTimeout?: number;
  /** Milliseconds for a command. @default 50 */
  readonly commandTimeout?: number;
  /** Milliseconds for connecting and for each batch when keys are removed. @default 2000 */
  readonly removeTimeout?: number;
}

interface MemcachedToken extends PublishToken {
  readonly cas: string;
  readonly connection: Connection;
}

type Node = MemcachedNode<Connection>;
type OnLate = (error: StoreError) => void;

// Another writer's value can vanish between two commands, but not for ever.
const TAKE_ATTEMPTS = 5;
// Deletes under way to a node: enough to fill a connection, few enough to need no memory.
const REMOVE_BATCH = 500;
const KEY = /^[\x21-\x7e]{1,250}$/;
// Latin1: an application that stores its pages itself may have bytes from 0x80 on in their keys.
const KEY_OF_ANYBODY = /^[\x21-\x7e\x80-\xff]{1,250}$/;

/** Pages on Memcached nodes, by the text protocol, which has compare-and-set and which ElastiCache Serverless speaks too. */
export class MemcachedPageStore implements PageStore {
  private ring: Ring;
  private readonly connected = new Map<string, Node>();
  private readonly removers = new Map<string, Node>();
  private readonly tls: Tls | undefined;
  private readonly deadlines: Deadlines;
  private readonly removeDeadlines: Deadlines;

  public constructor({
    nodes,
    tls,
    connectTimeout = 100,
    commandTimeout = 50,
    removeTimeout = 2000,
  }: MemcachedPageStoreOptions) {
    this.tls = tls;
    this.ring = this.ringOf(nodes);
    this.deadlines = { connect: connectTimeout, command: commandTimeout };
    this.removeDeadlines = { connect: removeTimeout, command: removeTimeout };
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

  public checkUp(key: string): void {
    const failure = this.connected.get(this.nodeOf(key))?.whyAway();
    if (failure !== undefined) throw failure;
  }

  public async take(key: string, leaseSeconds: number): Promise<Taken> {
    checkSeconds(leaseSeconds);
    const node = this.nodeOf(key);
    const connection = await this.connect(key);
    for (let attempt = 0; attempt < TAKE_ATTEMPTS; attempt += 1) {
      const added = await connection.send(`add ${key} 0 ${leaseSeconds} 0\r\n\r\n`);
      const found = valueOf(connection, key, await connection.send(`gets ${key}\r\n`));
      if (found !== undefined) {
        const token: MemcachedToken = { key, node, cas: casOf(found), connection };
        const ours = isStatus(added, 'STORED') && found.data.length === 0;
        return ours ? { state: 'taken', token } : { state: kindOfValue(found.data), token, value: found.data };
      }
    }
    throw new StoreError(`${node}: ${key} vanished ${TAKE_ATTEMPTS} times while it was taken`);
  }

  public async get(key: string): Promise<Buffer | undefined> {
    const connection = await this.connect(key);
    return valueOf(connection, key, await connection.send(`get ${key}\r\n`))?.data;
  }

  public async usage(key: string): Promise<Usage | undefined> {
    const node = this.nodeOf(key);
    return itemUsage(node, await this.connect(key), key);
  }

  public async read(token: PublishToken): Promise<Buffer | undefined> {
    const { key, connection } = token as MemcachedToken;
    return connection.usable ? valueOf(connection, key, await connection.send(`get ${key}\r\n`))?.data : undefined;
  }

  public async publish(token: PublishToken, value: Buffer, expiresAt: number): Promise<boolean> {
    checkSeconds(expiresAt);
    const { key, cas, connection } = token as MemcachedToken;
    // A restarted node counts its tokens from one again: over another connection the token may mean another value.
    if (!connection.usable) {
      return false;
    }
    const header = `cas ${key} 0 ${expiryTime(expiresAt, Date.now())} ${value.length} ${cas}\r\n`;
    return isStatus(await connection.send(header, value, '\r\n'), 'STORED');
  }

  public async release(token: PublishToken): Promise<void> {
    const { key, connection } = token as MemcachedToken;
    try {
      // An expiry in the past: gone at once, if it is still what the token saw.
      await this.publish(token, Buffer.alloc(0), 0);
    } catch (error) {
      if (!connection.usable) throw error;
      // No memory for that either. Visitors would wait for the lease's end; to remove a page, whosever it is, is always safe.
      await connection.send(`delete ${key}\r\n`);
    }
  }

  public async remove(keys: readonly string[], nodes: readonly string[]): Promise<NodeResult[]> {
    keys.forEach((key) => checkKey(key, KEY_OF_ANYBODY));
    return Promise.all(nodes.map((node) => this.ask(node, (connection) => removeOn(node, connection, keys))));
  }

  public async flush(nodes: readonly string[]): Promise<NodeResult[]> {
    return Promise.all(
      nodes.map((node) =>
        this.ask(node, async (connection) => {
          await connection.send('flush_all\r\n');
          return { node, flushed: true };
        }),
      ),
    );
  }

  public async close(): Promise<void> {
    await Promise.all([...this.connected.values(), ...this.removers.values()].map((node) => node.close()));
  }

  private connect(key: string): Promise<Connection> {
    checkKey(key);
    return this.nodeFrom(this.connected, this.nodeOf(key), this.deadlines).connect();
  }

  private ringOf(nodes: readonly string[]): Ring {
    return new Ring(nodes, this.tls === undefined ? undefined : tlsSocket);
  }

  private nodeFrom(nodes: Map<string, Node>, name: string, deadlines: Deadlines): Node {
    const open = (onLate: OnLate) => Connection.open(name, deadlines, this.tls, onLate);
    const known = nodes.get(name) ?? new MemcachedNode(name, open, () => performance.now());
    nodes.set(name, known);
    return known;
  }

  /** Asks a node for a purge: patiently, and with a failure as a result. */
  private async ask(name: string, work: (connection: Connection) => Promise<NodeResult>): Promise<NodeResult> {
    try {
      return await work(await this.nodeFrom(this.removers, name, this.removeDeadlines).connect(true));
    } catch (error) {
      return { node: name, error: (error as Error).message };
    }
  }
}

async function removeOn(node: string, connection: Connection, keys: readonly string[]): Promise<NodeResult> {
  // Even without keys: that the node answers is what a purge wants to know.
  await connection.send('version\r\n');
  let removed = 0;
  for (let at = 0; at < keys.length; at += REMOVE_BATCH) {
    const batch = keys.slice(at, at + REMOVE_BATCH);
    const replies = await Promise.all(batch.map((key) => connection.send(Buffer.from(`delete ${key}\r\n`, 'latin1'))));
    removed += replies.filter((reply) => isStatus(reply, 'DELETED')).length;
  }
  return { node, removed };
}

// A command that Memcached cannot read is refused without its value, which is then read as commands.
function checkSeconds(seconds: number): void {
  if (!Number.isSafeInteger(seconds)) {
    throw new StoreError(`a time must be a whole number of seconds, got ${seconds}`);
  }
}

function checkKey(key: string, pattern = KEY): void {
  if (!pattern.test(key)) {
    throw new StoreError(`a key must be 1 to 250 visible ASCII characters, got ${JSON.stringify(key.slice(0, 80))}`);
  }
}

function casOf({ key, cas }: FoundValue): string {
  if (cas === undefined) {
    throw new StoreError(`asked for the token of ${key} and was given none`);
  }
  return cas;
}
