import { type Response, Utils } from 'memjs';
import { StoreError } from '../core/page-store';
import { Deadline } from '../stores/memcached/deadline';
import { COMMAND, NO_COUNTER, STATUS } from './binary-protocol';
import type { StoredValue } from './encoding';
import { MemjsServer } from './memjs-server';
import type { OnLate, ValueConnection } from './value-connection';
import { ValuesError } from './values-error';

const MOST_CALLS = 0xffff_ffff;

/**
 * Values over memjs, by the binary protocol. Of memjs it takes the server alone: its client makes counters that are not
 * there, reads those from 2^32 on wrongly, repeats calls whose answer was lost, and numbers calls up to 2^31 only.
 */
export class MemjsConnection implements ValueConnection {
  private calls = 0;

  private constructor(
    private readonly node: string,
    private readonly server: MemjsServer,
    private readonly deadline: number,
    private readonly onLate: OnLate,
  ) {}

  /**
   * @param deadline milliseconds to connect, and for each call.
   * @param onLate called when the connection is given up because a reply is late.
   * @throws StoreError when the node does not accept in time.
   */
  public static open(node: string, deadline: number, onLate: OnLate): Promise<MemjsConnection> {
    const colon = node.lastIndexOf(':');
    const server = new MemjsServer(node.slice(0, colon), Number(node.slice(colon + 1)));
    return new Promise((resolve, reject) => {
      const late = () => server.error(new Error(`not connected within ${deadline} ms`));
      const connecting = new Deadline(deadline, late);
      server.onError(0, (error) => {
        connecting.clear();
        reject(new StoreError(`${node}: ${error.message}`, { cause: error }));
      });
      server.sock(false, () => {
        connecting.clear();
        resolve(new MemjsConnection(node, server, deadline, onLate));
      });
    });
  }

  public get usable(): boolean {
    return this.server.failed === undefined;
  }

  public async get(key: string): Promise<StoredValue | undefined> {
    const { header, extras, val } = await this.ask(COMMAND.get, key);
    if (header.status === STATUS.notFound) {
      return undefined;
    }
    this.expect(header.status === STATUS.ok && extras.length === 4, val);
    return { data: val, flags: extras.readUInt32BE(0) };
  }

  public async set(key: string, value: StoredValue, expires: number): Promise<void> {
    const { header, val } = await this.store(COMMAND.set, key, value, expires);
    this.expect(header.status === STATUS.ok, val);
  }

  public async add(key: string, value: StoredValue, expires: number): Promise<boolean> {
    const { header, val } = await this.store(COMMAND.add, key, value, expires);
    return header.status === STATUS.ok || !this.expect(header.status === STATUS.exists, val);
  }

  public async delete(key: string): Promise<boolean> {
    const { header, val } = await this.ask(COMMAND.delete, key);
    return header.status === STATUS.ok || !this.expect(header.status === STATUS.notFound, val);
  }

  public async touch(key: string, expires: number): Promise<boolean> {
    const extras = Buffer.alloc(4);
    extras.writeUInt32BE(expires, 0);
    const { header, val } = await this.ask(COMMAND.touch, key, extras);
    return header.status === STATUS.ok || !this.expect(header.status === STATUS.notFound, val);
  }

  public async count(key: string, direction: 'up' | 'down', by: number): Promise<number | undefined> {
    const extras = Buffer.alloc(20);
    extras.writeBigUInt64BE(BigInt(by), 0);
    extras.writeUInt32BE(NO_COUNTER, 16);
    const { header, val } = await this.ask(COMMAND[direction], key, extras);
    if (header.status === STATUS.notANumber) {
      throw new ValuesError('not-a-number', `${this.node}: ${val.toString()}`);
    }
    if (header.status === STATUS.notFound) {
      return undefined;
    }
    this.expect(header.status === STATUS.ok && val.length === 8, val);
    return Number(val.readBigUInt64BE(0));
  }

  public async probe(): Promise<void> {
    const { header, val } = await this.ask(COMMAND.version, '');
    this.expect(header.status === STATUS.ok, val);
  }

  public close(): void {
    this.server.close();
  }

  private async store(command: number, key: string, { data, flags }: StoredValue, expires: number): Promise<Response> {
    const extras = Buffer.alloc(8);
    extras.writeUInt32BE(flags, 0);
    extras.writeUInt32BE(expires, 4);
    const response = await this.ask(command, key, extras, data);
    if (response.header.status === STATUS.tooLarge) {
      throw new ValuesError('too-large', `${this.node}: ${response.val.toString()}`);
    }
    return response;
  }

  private ask(
    command: number,
    key: string,
    extras: Buffer | string = '',
    value: Buffer | string = '',
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => new StoreError(`${this.node}: ${error.message}`, { cause: error });
      if (this.server.failed !== undefined) {
        reject(failed(this.server.failed));
        return;
      }
      const late = new Error(`no reply within ${this.deadline} ms`);
      const waiting = new Deadline(this.deadline, () => {
        this.server.error(late);
        this.onLate(failed(late));
      });
      // 0 is the opening's.
      const call = (this.calls = (this.calls % MOST_CALLS) + 1);
      this.server.onError(call, (error) => {
        waiting.clear();
        reject(failed(error));
      });
      this.server.onResponse(call, (response) => {
        waiting.clear();
        if (response.header.opcode === command) resolve(response);
        else this.server.error(new Error('a reply to another command'));
      });
      this.server.write(Utils.makeRequestBuffer(command, key, extras, value, call));
    });
  }

  /** @throws StoreError with the node's own words. */
  private expect(good: boolean, words: Buffer): true {
    if (!good) {
      throw new StoreError(`${this.node}: ${words.toString('latin1', 0, 80)}`);
    }
    return true;
  }
}
