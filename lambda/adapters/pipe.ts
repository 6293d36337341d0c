import { Duplex } from 'node:stream';

/** What an application may ask of the connection that a request came over. */
export interface Peer {
  readonly remoteAddress?: string;
  readonly encrypted: boolean;
}

/** One end of a connection within this process: what is written to one is read from the other. */
export class PipeEnd extends Duplex {
  public readonly remoteAddress: string | undefined;
  public readonly encrypted: boolean;
  private other!: PipeEnd;
  private taken: (() => void) | undefined;

  /** Makes both ends. */
  public static pair(peer: Peer): readonly [client: PipeEnd, server: PipeEnd] {
    const client = new PipeEnd({ encrypted: peer.encrypted });
    const server = new PipeEnd(peer);
    client.other = server;
    server.other = client;
    return [client, server];
  }

  private constructor({ remoteAddress, encrypted }: Peer) {
    super();
    this.remoteAddress = remoteAddress;
    this.encrypted = encrypted;
  }

  public readonly remotePort = 0;
  public readonly remoteFamily = 'IPv4';
  public readonly localAddress = '127.0.0.1';
  public readonly localPort = 0;
  public readonly authorized = false;

  // A connection has these, and applications call them.
  public address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: this.remoteFamily, port: this.localPort };
  }
  /** Of a TLS connection: nobody's, as of a visitor who shows none. */
  public getPeerCertificate(): object {
    return {};
  }
  public getCipher(): { name: string; standardName: string; version: string } {
    return { name: 'TLS_AES_128_GCM_SHA256', standardName: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3' };
  }
  public getProtocol(): string | null {
    return this.encrypted ? 'TLSv1.3' : null;
  }
  public setTimeout(): this {
    return this;
  }
  public setNoDelay(): this {
    return this;
  }
  public setKeepAlive(): this {
    return this;
  }
  public ref(): this {
    return this;
  }
  public unref(): this {
    return this;
  }

  public override _read(): void {
    const { taken } = this;
    this.taken = undefined;
    taken?.();
  }

  public override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    const { other } = this;
    if (other.push(chunk)) {
      done();
    } else {
      // Also when the other end is gone: then this one is about to be.
      other.taken = done;
    }
  }

  public override _final(done: () => void): void {
    this.other.push(null);
    done();
  }

  public override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    process.nextTick(() => this.other.destroy());
    done(error);
  }
}
