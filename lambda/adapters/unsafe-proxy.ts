import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream';
import { canonicalPath } from '../../lib/site/canonical-path';
import { WriterProtocol } from '../../lib/site/writer-protocol';
import type { UnsafeExchange } from '../core/invalidate';
import type { HeaderPair } from '../core/page';
import type { Log } from './log-json';

export interface UnsafeProxyOptions {
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  /** Called with the answer's head; the answer goes out when it resolves. */
  readonly invalidate: (exchange: UnsafeExchange) => Promise<void>;
  readonly log: Log;
}

const MOST_HEAD_BYTES = 256 * 1024;
// About the connection, not about the request or the answer (RFC 9110 section 7.6.1).
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']);

/**
 * Passes an unsafe request on to the origin as it came from nginx, body and answer unbuffered, and holds the answer back
 * until what it invalidates is purged. nginx says in headers of ours which host the visitor asked for.
 */
export function unsafeProxy({ origin, invalidate, log }: UnsafeProxyOptions): RequestListener {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === 'https:';
  // A connection of its own for each: what must not be sent twice goes over one that nobody has used before.
  const agent = secure ? new TlsAgent({ keepAlive: false }) : new Agent({ keepAlive: false });
  return (incoming, response) => {
    const outgoing = (secure ? httpsRequest : httpRequest)({
      hostname,
      port: port || (secure ? 443 : 80),
      servername: hostname,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: flat(pairs(incoming.rawHeaders).filter(([name]) => !/^x-nms-/i.test(name))),
      setHost: false,
      maxHeaderSize: MOST_HEAD_BYTES,
    });
    response.once('close', () => outgoing.destroy());
    outgoing.once('error', (error) => fail(response, incoming, error, log));
    outgoing.once('response', (answer) => {
      void invalidate(exchangeOf(incoming, answer))
        .catch((error: unknown) => log('not-invalidated', { target: incoming.url, error }))
        .then(() => send(answer, response));
    });
    sendBody(incoming, outgoing);
  };
}

function sendBody(incoming: IncomingMessage, outgoing: ClientRequest): void {
  // An origin may answer before it has read the body; how that ends shows on `outgoing`.
  pipeline(incoming, outgoing, () => undefined);
}

function exchangeOf(incoming: IncomingMessage, answer: IncomingMessage): UnsafeExchange {
  const [path = ''] = (incoming.url ?? '').split('?');
  return {
    host: String(incoming.headers[WriterProtocol.HOST.toLowerCase()] ?? ''),
    path: canonicalPath(path),
    status: answer.statusCode ?? 0,
    headers: pairs(answer.rawHeaders),
  };
}

function send(answer: IncomingMessage, response: ServerResponse): void {
  // Not a second one beside the origin's own.
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, flat(pairs(answer.rawHeaders)));
  pipeline(answer, response, () => undefined);
}

function fail(response: ServerResponse, incoming: IncomingMessage, error: Error, log: Log): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  log('origin-unreachable', { method: incoming.method, target: incoming.url, error });
  response.writeHead(502, { 'Content-Length': '0' }).end();
}

function pairs(rawHeaders: readonly string[]): HeaderPair[] {
  const all = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
  return all.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
}

function flat(headers: readonly HeaderPair[]): string[] {
  return headers.flat();
}
