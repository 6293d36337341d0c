import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type ServerOptions } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server on a free port of this machine. */
export interface ListeningServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Listens with Node's HTTP server. */
export function listenHttp(listener: RequestListener, options: ServerOptions = {}): Promise<ListeningServer> {
  return listening(createHttpServer(options, listener));
}

/** Listens for plain connections. */
export function listenTcp(onConnection: (socket: Socket) => void): Promise<ListeningServer> {
  return listening(createServer((socket) => onConnection(socket.on('error', () => undefined))));
}

async function listening(server: Server): Promise<ListeningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  server.listen(0, '127.0.0.1');
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
