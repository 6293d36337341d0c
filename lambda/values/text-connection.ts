import { StoreError } from '../core/page-store';
import { Connection, RefusedCommandError, type Tls } from '../stores/memcached/connection';
import { isStatus, valueOf } from '../stores/memcached/replies';
import type { Reply } from '../stores/memcached/reply-parser';
import type { StoredValue } from './encoding';
import type { OnLate, ValueConnection } from './value-connection';
import { ValuesError } from './values-error';

/** Values over the text protocol, which TLS and ElastiCache Serverless take: the connection that pages have, too. */
export class TextConnection implements ValueConnection {
  private constructor(
    private readonly node: string,
    private readonly connection: Connection,
  ) {}

  /**
   * @param deadline milliseconds to connect, and for each call.
   * @throws StoreError when the node does not accept in time.
   */
  public static async open(node: string, deadline: number, onLate: OnLate, tls?: Tls): Promise<TextConnection> {
    const deadlines = { connect: deadline, command: deadline };
    return new TextConnection(node, await Connection.open(node, deadlines, tls, onLate));
  }

  public get usable(): boolean {
    return this.connection.usable;
  }

  public async get(key: string): Promise<StoredValue | undefined> {
    return valueOf(this.connection, key, await this.connection.send(`get ${key}\r\n`));
  }

  public async set(key: string, value: StoredValue, expires: number): Promise<void> {
    this.expect(await this.store('set', key, value, expires), 'STORED');
  }

  public async add(key: string, value: StoredValue, expires: number): Promise<boolean> {
    const reply = await this.store('add', key, value, expires);
    return isStatus(reply, 'STORED') || !this.expect(reply, 'NOT_STORED');
  }

  public async delete(key: string): Promise<boolean> {
    const reply = await this.connection.send(`delete ${key}\r\n`);
    return isStatus(reply, 'DELETED') || !this.expect(reply, 'NOT_FOUND');
  }

  public async touch(key: string, expires: number): Promise<boolean> {
    const reply = await this.connection.send(`touch ${key} ${expires}\r\n`);
    return isStatus(reply, 'TOUCHED') || !this.expect(reply, 'NOT_FOUND');
  }

  public async count(key: string, direction: 'up' | 'down', by: number): Promise<number | undefined> {
    const command = direction === 'up' ? 'incr' : 'decr';
    const reply = await this.send(/non-numeric/, 'not-a-number', `${command} ${key} ${by}\r\n`);
    if (reply.kind === 'status' && /^\d+$/.test(reply.text)) {
      return Number(reply.text);
    }
    this.expect(reply, 'NOT_FOUND');
    return undefined;
  }

  public probe(): Promise<void> {
    return this.connection.probe();
  }

  public close(): void {
    this.connection.close();
  }

  private store(command: 'set' | 'add', key: string, { data, flags }: StoredValue, expires: number): Promise<Reply> {
    const line = `${command} ${key} ${flags} ${expires} ${data.length}\r\n`;
    return this.send(/too large/, 'too-large', line, data, '\r\n');
  }

  /** Sends a command of which one refusal is the value's fault. */
  private async send(
    fault: RegExp,
    reason: 'too-large' | 'not-a-number',
    ...parts: (string | Buffer)[]
  ): Promise<Reply> {
    try {
      return await this.connection.send(...parts);
    } catch (error) {
      if (error instanceof RefusedCommandError && fault.test(error.reply)) {
        throw new ValuesError(reason, error.message, { cause: error });
      }
      throw error;
    }
  }

  /** A reply that does not fit says that none fits any more. */
  private expect(reply: Reply, status: string): true {
    if (!isStatus(reply, status)) {
      this.connection.close();
      throw new StoreError(`${this.node}: answered something else than ${status}`);
    }
    return true;
  }
}
