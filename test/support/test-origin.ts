import type { IncomingMessage, RequestListener, ServerOptions } from 'node:http';
import { listenHttp, type ListeningServer } from './listening-servers';

/** A request as the origin received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  /** Lower-case names. */
  readonly headers: IncomingMessage['headers'];
  readonly headerNames: readonly string[];
}

/** An application of which a test decides every answer, and which remembers what it was asked. */
export interface TestOrigin extends ListeningServer {
  readonly received: ReceivedRequest[];
  /** Answers a path, without its query, from now on. */
  on(path: string, listener: RequestListener): void;
  /** Listens again where it did before it was closed. */
  reopen(): Promise<void>;
}

// The tests send and answer more than Node takes by default.
const OPTIONS = { maxHeaderSize: 256 * 1024 };

const notFound: RequestListener = (_, response) => void response.writeHead(404, { 'Content-Length': 0 }).end();

/**
 * Starts an origin.
 *
 * @param otherwise answers what no listener is set for. Default: 404
 * @param options of Node's HTTP server. Default: its own, with room for large heads
 */
export async function startTestOrigin(
  otherwise: RequestListener = notFound,
  options: ServerOptions = {},
): Promise<TestOrigin> {
  const received: ReceivedRequest[] = [];
  const listeners = new Map<string, RequestListener>();
  const answer: RequestListener = (request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request;
    received.push({
      method,
      target: url,
      headers,
      headerNames: rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
    });
    const listener = listeners.get(url.split('?')[0] ?? '') ?? otherwise;
    listener(request, response);
  };
  let server = await listenHttp(answer, { ...OPTIONS, ...options });
  const { address } = server;
  return {
    address,
    received,
    on: (path, listener) => void listeners.set(path, listener),
    close: () => server.close(),
    async reopen() {
      server = await listenHttp(answer, { ...OPTIONS, ...options }, Number(address.split(':')[1]));
    },
  };
}

let pages = 0;

/** A listener that answers a new text each time, with these headers. */
export function freshPage(
  headers: Record<string, string | string[]> = { 'Cache-Control': 'max-age=60' },
  status = 200,
): RequestListener {
  return (_, response) => {
    pages += 1;
    response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(`rendering ${pages}`);
  };
}
