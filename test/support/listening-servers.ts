import { createServer as createHttpServer, type RequestListener, type ServerOptions } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { listening, type ListeningServer } from '../../local/listening';

export type { ListeningServer } from '../../local/listening';

/** Listens with Node's HTTP server. */
export function listenHttp(listener: RequestListener, options: ServerOptions = {}): Promise<ListeningServer> {
  return listening(createHttpServer(options, listener));
}

/** Listens for plain connections. */
export function listenTcp(onConnection: (socket: Socket) => void): Promise<ListeningServer> {
  return listening(createServer((socket) => onConnection(socket.on('error', () => undefined))));
}
