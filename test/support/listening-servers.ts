import { createServer as createHttpServer, type RequestListener, type ServerOptions } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { listening, type ListeningServer } from '../../local/listening';

export type { ListeningServer } from '../../local/listening';

/** Listens with Node's HTTP server, on a free port if none is given. */
export function listenHttp(
  listener: RequestListener,
  options: ServerOptions = {},
  port?: number,
): Promise<ListeningServer> {
  return listening(createHttpServer(options, listener), port);
}

/** Listens for plain connections, on a free port if none is given. */
export function listenTcp(onConnection: (socket: Socket) => void, port?: number): Promise<ListeningServer> {
  return listening(
    createServer((socket) => onConnection(socket.on('error', () => undefined))),
    port,
  );
}
