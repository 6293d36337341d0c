import { StoreError } from '../../core/page-store';
import { Connection, type Deadlines, type Tls } from './connection';

// How long a node that could not be reached is left alone, in milliseconds: its share of the requests must not wait for
// it one after another.
const BACK_OFF = 1000;

/** One Memcached node: keeps a connection to it, and makes a new one when that is lost. */
export class MemcachedNode {
  private connection?: Promise<Connection>;
  private opening?: Promise<Connection>;
  private refusal?: { readonly error: StoreError; readonly until: number };
  private closed = false;

  public constructor(
    public readonly name: string,
    private readonly deadlines: Deadlines,
    private readonly now: () => number,
    private readonly tls?: Tls,
  ) {}

  /**
   * The connection to the node.
   *
   * @param patient asks a node again that could not be reached a moment ago.
   * @throws StoreError when there is none and none can be made.
   */
  public async connect(patient = false): Promise<Connection> {
    const current = await this.connection?.catch(() => undefined);
    if (current?.usable === true) {
      return current;
    }
    if (!patient && this.refusal !== undefined && this.now() < this.refusal.until) {
      throw this.refusal.error;
    }
    // Of several who find the connection lost, one makes a new one.
    if (this.opening === undefined) {
      this.opening = this.open().finally(() => (this.opening = undefined));
      this.connection = this.opening;
    }
    return this.opening;
  }

  public async close(): Promise<void> {
    this.closed = true;
    (await this.connection?.catch(() => undefined))?.close();
  }

  private async open(): Promise<Connection> {
    if (this.closed) {
      throw new StoreError(`${this.name}: the store is closed`);
    }
    try {
      const connection = await Connection.open(this.name, this.deadlines, this.tls);
      this.refusal = undefined;
      if (this.closed) connection.close();
      return connection;
    } catch (error) {
      this.refusal = { error: error as StoreError, until: this.now() + BACK_OFF };
      throw error;
    }
  }
}
