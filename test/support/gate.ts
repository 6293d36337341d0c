import { createConnection, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { listenTcp, type ListeningServer } from './listening-servers';

/** What becomes of those who connect. */
type Way = (socket: Socket) => void;

/** An address in front of something, at which it can be replaced by something else, or by nothing. */
export class Gate {
  private constructor(
    /** `127.0.0.1:port`. */
    public readonly address: string,
    private server: ListeningServer | undefined,
  ) {}

  public static async start(way: Way): Promise<Gate> {
    const server = await listenTcp(way);
    return new Gate(server.address, server);
  }

  /** Breaks all connections. Who connects from now on goes another way; without one, nobody listens. */
  public async lead(way?: Way): Promise<void> {
    await this.close();
    this.server = way && (await listenTcp(way, Number(this.address.split(':')[1])));
  }

  public async close(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }
}

/** The way to a server, `host:port`. */
export function wayTo(address: () => string): Way {
  return (socket) => {
    const [host, port] = address().split(':') as [string, string];
    pipeline(socket, createConnection({ host, port: Number(port) }), socket, () => undefined);
  };
}
