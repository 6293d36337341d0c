import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket } from 'node:net';

/** A server on a free port of this machine. */
export interface ListeningServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Ends it, with the connections that it has. */
  close(): Promise<void>;
}

/**
 * Has a server listen on 127.0.0.1.
 *
 * @param port default: a free one.
 */
export async function listening(server: Server, port = 0): Promise<ListeningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
