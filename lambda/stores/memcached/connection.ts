import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { StoreError } from '../../core/page-store';
import { Deadline } from './deadline';
import { type Reply, ReplyParser } from './reply-parser';

/** How long a node may take, in milliseconds. */
export interface Deadlines {
  readonly connect: number;
  /** From the sending of a command to the end of its reply. */
  readonly command: number;
}

/** How a node that speaks TLS is known. */
export interface Tls {
  /** The certificates that its certificate is checked with, as PEM. @default - those that Node has */
  readonly ca?: string | Buffer;
}

/** Memcached refused a command. The connection can be used for others. */
export class RefusedCommandError extends StoreError {
  /** @param reply what it said, such as `SERVER_ERROR object too large for cache`. */
  public constructor(
    node: string,
    public readonly reply: string,
  ) {
    super(`${node}: ${reply}`);
  }
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: StoreError) => void;
  readonly deadline: Deadline;
}

/**
 * One connection to one node, with as many commands under way as are sent. Replies carry no name: they belong to the
 * commands in their order. So after one that is late or cannot be read, the connection is given up, with all that wait.
 */
export class Connection {
  private readonly waiting: Waiting[] = [];
  private readonly parser = new ReplyParser();
  private failure?: StoreError;

  private constructor(
    private readonly node: string,
    private readonly socket: Socket,
    private readonly deadlines: Deadlines,
    private readonly onLate: (error: StoreError) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => this.receive(piece));
    socket.on('error', (error) => this.fail(`connection failed: ${error.message}`, error));
    socket.on('close', () => this.fail('connection closed'));
  }

  /**
   * Connects to a node.
   *
   * @param onLate called when the connection is given up because a reply is late: the node accepts, but does not answer.
   * @throws StoreError when the node does not accept in time.
   */
  public static open(
    node: string,
    deadlines: Deadlines,
    tls?: Tls,
    onLate: (error: StoreError) => void = () => undefined,
  ): Promise<Connection> {
    const colon = node.lastIndexOf(':');
    const [host, port] = [node.slice(0, colon), Number(node.slice(colon + 1))];
    const servername = isIP(host) === 0 ? host : '';
    const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, servername, ...tls });
    return new Promise((resolve, reject) => {
      const refuse = (why: string, cause?: Error) => {
        deadline.clear();
        socket.destroy();
        reject(new StoreError(`${node}: ${why}`, { cause }));
      };
      const deadline = new Deadline(deadlines.connect, () => refuse(`not connected within ${deadlines.connect} ms`));
      socket.once('error', (error: Error) => refuse(error.message, error));
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        deadline.clear();
        socket.removeAllListeners('error');
        resolve(new Connection(node, socket, deadlines, onLate));
      });
    });
  }

  /** Whether commands can still be sent. */
  public get usable(): boolean {
    return this.failure === undefined;
  }

  /**
   * Sends a command and waits for its reply.
   *
   * @throws StoreError when the connection is or gets lost, or the reply is late, and RefusedCommandError.
   */
  public async send(...parts: (string | Buffer)[]): Promise<Exclude<Reply, { kind: 'error' }>> {
    const reply = await this.exchange(parts);
    if (reply.kind === 'error') {
      throw new RefusedCommandError(this.node, reply.text);
    }
    return reply;
  }

  /** @throws StoreError when the node does not answer at all. */
  public async probe(): Promise<void> {
    await this.send('version\r\n');
  }

  public close(): void {
    this.fail('connection closed');
  }

  private exchange(parts: (string | Buffer)[]): Promise<Reply> {
    if (this.failure !== undefined) {
      return Promise.reject(this.failure);
    }
    return new Promise((resolve, reject) => {
      const late = () => this.onLate(this.fail(`no reply within ${this.deadlines.command} ms`));
      this.waiting.push({ resolve, reject, deadline: new Deadline(this.deadlines.command, late) });
      this.socket.cork();
      parts.forEach((part) => this.socket.write(part));
      // All commands of a turn go out at once: a purge has hundreds.
      process.nextTick(() => this.socket.uncork());
    });
  }

  private receive(piece: Buffer): void {
    if (this.failure !== undefined) {
      return;
    }
    try {
      for (const reply of this.parser.push(piece)) {
        const first = this.waiting.shift();
        if (first === undefined) {
          this.fail('a reply to no command');
          return;
        }
        first.deadline.clear();
        first.resolve(reply);
      }
    } catch (error) {
      this.fail((error as Error).message, error as Error);
    }
  }

  /** Gives the connection up. @returns what it failed with, now or before. */
  private fail(why: string, cause?: Error): StoreError {
    if (this.failure !== undefined) {
      return this.failure;
    }
    const failure = new StoreError(`${this.node}: ${why}`, { cause });
    this.failure = failure;
    this.socket.destroy();
    for (const { reject, deadline } of this.waiting.splice(0)) {
      deadline.clear();
      reject(failure);
    }
    return failure;
  }
}
