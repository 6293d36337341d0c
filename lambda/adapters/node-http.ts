import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { canonicalPath } from '../../lib/site/canonical-path';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { pageKey, parseVariantsText } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';
import { WriterProtocol } from '../../lib/site/writer-protocol';
import type { FillAnswer } from '../core/fill-tools';
import type { PageResponse } from '../core/page';
import type { Log } from './log-json';

type Fill = (request: CanonicalRequest) => Promise<FillAnswer>;

/**
 * The writer as nginx talks to it, over HTTP on this machine. It believes nginx: whoever can connect decides what is
 * stored under which key, so it must listen on a loopback address only.
 *
 * An answer is a whole page, or only the word that nginx is to ask the origin itself; never an error of the writer.
 *
 * @param unsafe answers what is not a GET: a fill is always one, and nginx decides what else it sends here.
 */
export function writerServer(config: SiteConfig, fill: Fill, log: Log, unsafe?: RequestListener): Server {
  // nginx keeps idle connections for 60 s: it must be the one that closes them.
  // What nginx has taken is taken: it reads 8 heads of 64 kB, and values that are not quite legal.
  const options = {
    maxHeaderSize: 600 * 1024,
    insecureHTTPParser: true,
    keepAliveTimeout: 75_000,
    requestTimeout: 0,
  };
  const server = createServer(options, (request, response) => {
    // nginx keeps its connections: one that is open when the server closes would hold it up.
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
    if (request.method !== 'GET' && unsafe !== undefined) {
      unsafe(request, response);
      return;
    }
    void answer(config, fill, log, request)
      .then((filled) => send(response, filled))
      // Also for a page that Node refuses to write: it checks everything before it sends the first byte.
      .catch((error: unknown) => {
        log('fill-failed', { target: request.url, error });
        pass(response, 'writer-failed');
      });
  });
  // Node answers what it cannot read with an error of its own (400, 431), which a visitor would get. nginx asks the origin
  // when there is no answer.
  server.on('clientError', (_, socket) => socket.destroy());
  return server;
}

type WriterAnswer = FillAnswer | { readonly kind: 'pass'; readonly reason: 'key-mismatch' };

async function answer(config: SiteConfig, fill: Fill, log: Log, incoming: IncomingMessage): Promise<WriterAnswer> {
  const request = canonicalRequest(config, incoming);
  const claimed = incoming.headers[WriterProtocol.KEY.toLowerCase()];
  if (request === undefined || request.key !== claimed) {
    log('key-mismatch', { target: incoming.url, host: incoming.headers.host, nginx: claimed, writer: request?.key });
    return { kind: 'pass', reason: 'key-mismatch' };
  }
  const filled = await fill(request);
  if (filled.cause !== undefined) {
    const outcome = filled.kind === 'page' ? filled.outcome : filled.reason;
    log('not-stored', { key: request.key, path: request.path, outcome, error: filled.cause });
  }
  return filled;
}

/** The request that nginx made canonical, with the key computed anew; undefined when it is not one. */
function canonicalRequest(config: SiteConfig, { url = '', headers }: IncomingMessage): CanonicalRequest | undefined {
  const mark = url.indexOf('?');
  // nginx escapes a path in its own way.
  const path = canonicalPath(mark < 0 ? url : url.slice(0, mark));
  const scheme = headers[WriterProtocol.SCHEME.toLowerCase()];
  const variants = parseVariantsText(config, String(headers[WriterProtocol.VARIANTS.toLowerCase()] ?? ''));
  if (path === undefined || variants === undefined || (scheme !== 'http' && scheme !== 'https')) {
    return undefined;
  }
  const query = mark < 0 ? '' : url.slice(mark + 1);
  const parts = { scheme, host: headers.host ?? '', path, query, variants } as const;
  return { ...parts, key: pageKey(config, parts) };
}

function send(response: ServerResponse, answered: WriterAnswer): void {
  if (answered.kind === 'pass') {
    pass(response, answered.reason);
  } else {
    page(response, answered.response, answered.outcome);
  }
}

function page(response: ServerResponse, { status, headers, body }: PageResponse, outcome: string): void {
  // Not a second one beside the page's own.
  response.sendDate = false;
  response.writeHead(status, [
    ...headers.flat(),
    ...['Content-Length', String(body.length)],
    ...[WriterProtocol.OUTCOME, outcome],
  ]);
  response.end(body);
}

function pass(response: ServerResponse, reason: string): void {
  response.sendDate = false;
  response.writeHead(200, [
    WriterProtocol.PASS,
    WriterProtocol.PASS_LOCATION,
    WriterProtocol.OUTCOME,
    reason,
    'Content-Length',
    '0',
  ]);
  response.end();
}
