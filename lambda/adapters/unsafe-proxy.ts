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
// How long an answer is waited for whose visitor has gone: it says what the request has changed.
const ORPHAN_LIMIT = 60_000;
// About the connection, not about the request or the answer (RFC 9110 section 7.6.1).
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']);

/**
 * Passes an unsafe request on to the origin as it came from nginx, body and answer unbuffered, and holds the answer back
 * until what it invalidates is purged. nginx says in a header of ours which host the visitor asked for.
 *
 * Nothing that an origin or a visitor does may end the process: every visitor of the task would lose by it.
 */
export function unsafeProxy({ origin, invalidate, log }: UnsafeProxyOptions): RequestListener {
  const connect = connector(origin);
  return (incoming, response) => {
    let outgoing: ClientRequest;
    try {
      outgoing = connect(incoming);
    } catch (error) {
      log('not-sent', { method: incoming.method, target: incoming.url, error });
      refuse(response);
      return;
    }
    let answered = false;
    let connected = false;
    outgoing.once('socket', (socket) => socket.once('connect', () => (connected = true)));
    const purge = (answer?: IncomingMessage) =>
      invalidate(exchangeOf(incoming, answer)).catch((error: unknown) =>
        log('not-invalidated', { target: incoming.url, error }),
      );
    outgoing.once('response', (answer) => {
      answered = true;
      answer.on('error', () => undefined);
      void purge(answer).then(() => send(answer, response));
    });
    // An upgrade that nobody asked for; its connection is the origin's to close.
    outgoing.once('upgrade', (_, socket) => {
      socket.destroy();
      fail(new Error('the origin changed the protocol'));
    });
    const fail = (error: Error) => {
      // There may be several, and some after the answer: what of it came stands.
      if (answered) return;
      answered = true;
      log('no-answer', { method: incoming.method, target: incoming.url, error });
      // What was sent may have been done.
      void (connected ? purge() : Promise.resolve()).then(() => refuse(response));
    };
    outgoing.on('error', fail);
    response.once('close', () => leave(outgoing, answered));
    pipeline(incoming, outgoing, () => undefined);
  };
}

/** Makes requests to the origin that are what came in, in the same framing. */
function connector(origin: string): (incoming: IncomingMessage) => ClientRequest {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === 'https:';
  // A connection of its own for each: what must not be sent twice goes over one that nobody has used before.
  const agent = secure ? new TlsAgent({ keepAlive: false }) : new Agent({ keepAlive: false });
  const address = { hostname, port: port || (secure ? 443 : 80), servername: hostname, agent };
  return (incoming) => {
    const outgoing = (secure ? httpsRequest : httpRequest)({
      ...address,
      method: told(incoming, WriterProtocol.METHOD) || incoming.method,
      path: incoming.url,
      setHost: false,
      maxHeaderSize: MOST_HEAD_BYTES,
      // Whatever nginx would take from an origin.
      insecureHTTPParser: true,
    });
    const headers = pairs(incoming.rawHeaders).filter(([name]) => !/^x-nms-/i.test(name));
    for (const [name, values] of byName(headers.map(([name, value]) => [name, writable(value)]))) {
      outgoing.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
    }
    if (incoming.headers['content-length'] === undefined && incoming.headers['transfer-encoding'] === undefined) {
      // Node would frame a body that is not there, in chunks, which old servers cannot read.
      outgoing.setHeader('Content-Length', '0');
    }
    // nginx does not send it either.
    outgoing.removeHeader('Connection');
    return outgoing;
  };
}

/** What becomes of a request whose visitor has gone. */
function leave(outgoing: ClientRequest, answered: boolean): void {
  if (answered || !outgoing.writableFinished) {
    outgoing.destroy();
  } else {
    setTimeout(() => outgoing.destroy(new Error('no answer in time')), ORPHAN_LIMIT).unref();
  }
}

/** What nginx says of a request in a header of ours. */
function told({ headers }: IncomingMessage, name: string): string {
  return String(headers[name.toLowerCase()] ?? '');
}

function exchangeOf(incoming: IncomingMessage, answer?: IncomingMessage): UnsafeExchange {
  const [path = ''] = (incoming.url ?? '').split('?');
  return {
    host: told(incoming, WriterProtocol.HOST),
    path: canonicalPath(path),
    url: `${told(incoming, WriterProtocol.ORIGIN)}${incoming.url ?? ''}`,
    status: answer?.statusCode,
    headers: pairs(answer?.rawHeaders ?? []),
  };
}

function send(answer: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    answer.destroy();
    return;
  }
  try {
    // Not a second one beside the origin's own.
    response.sendDate = false;
    response.removeHeader('Connection');
    const headers = pairs(answer.rawHeaders).map(([name, value]) => [name, writable(value)]);
    response.writeHead(answer.statusCode ?? 502, writable(answer.statusMessage ?? ''), headers.flat());
    pipeline(answer, response, () => undefined);
  } catch {
    answer.destroy();
    refuse(response);
  }
}

function refuse(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
  } else {
    response.writeHead(502, { 'Content-Length': '0' }).end();
  }
}

// Control characters, which Node does not write.
function writable(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ');
}

function pairs(rawHeaders: readonly string[]): HeaderPair[] {
  const all = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
  return all.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
}

/** Values by the name as it was first spelled, in the order in which the names came. */
function byName(headers: readonly HeaderPair[]): Map<string, string[]> {
  const spelled = new Map<string, string>();
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const first = spelled.get(name.toLowerCase()) ?? name;
    spelled.set(name.toLowerCase(), first);
    values.set(first, [...(values.get(first) ?? []), value]);
  }
  return values;
}
