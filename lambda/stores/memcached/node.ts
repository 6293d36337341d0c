import { StoreError } from '../../core/page-store';

// How long a node that could not be reached, or did not answer, is left alone, in milliseconds: its share of the requests
// must not wait for it one after another.
const BACK_OFF = 1000;

/** A connection to a node, by whatever protocol. */
export interface NodeConnection {
  /** Whether commands can still be sent. */
  readonly usable: boolean;
  /** @throws StoreError when the node does not answer at all. */
  probe(): Promise<void>;
  close(): void;
}

/** One Memcached node: keeps a connection to it, and makes a new one when that is lost. */
export class MemcachedNode<Connection extends NodeConnection> {
  private connection?: Connection;
  private opening?: Promise<Connection>;
  private failure?: { readonly error: StoreError; readonly until: number };
  private closed = false;

  public constructor(
    public readonly name: string,
    private readonly openConnection: (onLate: (error: StoreError) => void) => Promise<Connection>,
    private readonly now: () => number,
  ) {}

  /**
   * The connection to the node.
   *
   * @param patient asks a node again that failed a moment ago, and waits for it as long as it may take.
   * @throws StoreError when there is none and none can be made, and while the node is left alone.
   */
  public async connect(patient = false): Promise<Connection> {
    if (this.connection?.usable === true) {
      return this.connection;
    }
    const away = patient ? undefined : this.whyAway();
    if (away !== undefined) {
      throw away;
    }
    return this.open();
  }

  /**
   * Why nobody is to ask the node now. Once it has been left alone for long enough, asking this has somebody find out whether
   * it is back; no request waits for that.
   */
  public whyAway(): StoreError | undefined {
    const { connection, failure, opening } = this;
    if (connection?.usable === true || failure === undefined) {
      return undefined;
    }
    if (opening === undefined && this.now() >= failure.until) {
      void this.open().catch(() => undefined);
    }
    return failure.error;
  }

  public async close(): Promise<void> {
    this.closed = true;
    this.connection?.close();
    await this.opening?.catch(() => undefined);
  }

  /** Of several who find the connection lost, one makes a new one. */
  private open(): Promise<Connection> {
    this.opening ??= this.openOnce().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async openOnce(): Promise<Connection> {
    if (this.closed) {
      throw new StoreError(`${this.name}: the store is closed`);
    }
    let connection: Connection | undefined;
    try {
      connection = await this.openConnection((error) => this.leaveAlone(error));
      // The kernel of a node that hangs accepts for it.
      if (this.failure !== undefined) await connection.probe();
    } catch (error) {
      connection?.close();
      this.leaveAlone(error as StoreError);
      throw error;
    }
    this.failure = undefined;
    this.connection = connection;
    if (this.closed) connection.close();
    return connection;
  }

  private leaveAlone(error: StoreError): void {
    this.failure = { error, until: this.now() + BACK_OFF };
  }
}
