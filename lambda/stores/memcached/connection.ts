import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { StoreError } from '../../core/page-store';
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

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: StoreError) => void;
  readonly timer: NodeJS.Timeout;
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
  ) {
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => this.receive(piece));
    socket.on('error', (error) => this.fail(`connection failed: ${error.message}`, error));
    socket.on('close', () => this.fail('connection closed'));
  }

  /** @throws StoreError when the node does not accept in time. */
  public static open(node: string, deadlines: Deadlines, tls?: Tls): Promise<Connection> {
    const colon = node.lastIndexOf(':');
    const [host, port] = [node.slice(0, colon), Number(node.slice(colon + 1))];
    const servername = isIP(host) === 0 ? host : '';
    const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, servername, ...tls });
    return new Promise((resolve, reject) => {
      const refuse = (why: string, cause?: Error) => {
        clearTimeout(timer);
        socket.destroy();
        reject(new StoreError(`${node}: ${why}`, { cause }));
      };
      const timer = setTimeout(() => refuse(`not connected within ${deadlines.connect} ms`), deadlines.connect);
      socket.once('error', (error: Error) => refuse(error.message, error));
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        clearTimeout(timer);
        socket.removeAllListeners('error');
        resolve(new Connection(node, socket, deadlines));
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
   * @throws StoreError when the connection is or gets lost, the reply is late, or Memcached answers with an error.
   */
  public async send(...parts: (string | Buffer)[]): Promise<Exclude<Reply, { kind: 'error' }>> {
    const reply = await this.exchange(parts);
    if (reply.kind === 'error') {
      throw new StoreError(`${this.node}: ${reply.text}`);
    }
    return reply;
  }

  public close(): void {
    this.fail('connection closed');
  }

  private exchange(parts: (string | Buffer)[]): Promise<Reply> {
    if (this.failure !== undefined) {
      return Promise.reject(this.failure);
    }
    return new Promise((resolve, reject) => {
      const late = () => this.fail(`no reply within ${this.deadlines.command} ms`);
      this.waiting.push({ resolve, reject, timer: setTimeout(late, this.deadlines.command) });
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
        clearTimeout(first.timer);
        first.resolve(reply);
      }
    } catch (error) {
      this.fail((error as Error).message, error as Error);
    }
  }

  private fail(why: string, cause?: Error): void {
    if (this.failure !== undefined) {
      return;
    }
    this.failure = new StoreError(`${this.node}: ${why}`, { cause });
    this.socket.destroy();
    for (const { reject, timer } of this.waiting.splice(0)) {
      clearTimeout(timer);
      reject(this.failure);
    }
  }
}
