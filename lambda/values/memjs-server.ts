import type { Socket } from 'node:net';
import { type Response, Server, Utils } from 'memjs';
import { HEADER } from './binary-protocol';

// As many as the text protocol's reader believes.
const LONGEST_BODY = 128 * 1024 * 1024;
// memjs's own deadlines leave sockets open; whoever calls has one, which comes first.
const NEVER = { timeout: 24 * 60 * 60, conntimeout: 24 * 60 * 60 };

/**
 * memjs's connection to a node, for the life of one socket. memjs keeps what belongs to a socket in its server, so that the
 * end of one socket breaks the next: each has a server of its own here, and after a failure it is given up.
 */
export class MemjsServer extends Server {
  declare private readonly _socket?: Socket;
  declare private readonly respond: (response: Response) => void;
  private pieces: Buffer[] = [];
  private received = 0;
  private needed = HEADER.length;
  private failure?: Error;

  public constructor(host: string, port: number) {
    super(host, port, undefined, undefined, NEVER);
    // memjs takes them from the environment, where another service's may be.
    Object.assign(this, { username: undefined, password: undefined });
  }

  /** Why nothing can be sent any more. */
  public get failed(): Error | undefined {
    return this.failure;
  }

  public override sock(sasl: boolean, go: (socket: Socket) => void): void {
    const before = this._socket;
    super.sock(sasl, go);
    if (this._socket !== before) {
      // memjs forgets who waits when the node closes.
      this._socket?.setNoDelay(true).once('close', () => this.error(new Error('connection closed')));
    }
  }

  /** Ends the connection; everybody who waits for a reply learns of it. */
  public override error(error: Error): void {
    if (this.failure === undefined) {
      this.failure = error;
      this.pieces = [];
      super.error(error);
    }
  }

  public override close(): void {
    this.error(new Error('connection closed'));
  }

  /** Takes the next bytes of replies. memjs's own copies all that it has for each piece, and believes everything. */
  public override responseHandler(piece: Buffer): void {
    this.pieces.push(piece);
    this.received += piece.length;
    if (this.failure !== undefined || this.received < this.needed) {
      return;
    }
    let rest = Buffer.concat(this.pieces);
    while (this.failure === undefined && this.readHeader(rest)) {
      this.respond(Utils.parseMessage(rest.subarray(0, this.needed)));
      rest = rest.subarray(this.needed);
    }
    this.pieces = [rest];
    this.received = rest.length;
  }

  /** Whether there is a whole reply; how many bytes it needs. */
  private readHeader(bytes: Buffer): boolean {
    this.needed = HEADER.length;
    if (bytes.length < HEADER.length) {
      return false;
    }
    const bodyLength = bytes.readUInt32BE(8);
    const partsLength = bytes.readUInt16BE(2) + bytes.readUInt8(4);
    if (bytes[0] !== HEADER.reply || bodyLength > LONGEST_BODY || partsLength > bodyLength) {
      this.error(new Error(`not a reply of Memcached: ${bytes.toString('hex', 0, HEADER.length)}`));
      return false;
    }
    this.needed += bodyLength;
    return bytes.length >= this.needed;
  }
}
