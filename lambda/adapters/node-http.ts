import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { SiteConfig } from '../../lib/site/site-config';
import type { PageResponse } from '../core/page';
import { answerNginx, type Fill, writerResponse, type WriterRequest } from './answer-nginx';
import type { Log } from './log-json';

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
    void answerNginx(config, fill, log, requestOf(request)).then((answered) => {
      try {
        send(response, writerResponse(answered));
      } catch (error) {
        // A page that Node refuses to write: it checks everything before it sends the first byte.
        log('fill-failed', { target: request.url, error });
        send(response, writerResponse({ kind: 'pass', reason: 'writer-failed' }));
      }
    });
  });
  // Node answers what it cannot read with an error of its own (400, 431), which a visitor would get. nginx asks the origin
  // when there is no answer.
  server.on('clientError', (_, socket) => socket.destroy());
  return server;
}

function requestOf({ url = '', headers }: IncomingMessage): WriterRequest {
  return { target: url, host: headers.host ?? '', header: (name) => headers[name.toLowerCase()]?.toString() };
}

function send(response: ServerResponse, { status, headers, body }: PageResponse): void {
  // Not a second one beside the page's own.
  response.sendDate = false;
  response.writeHead(status, [...headers.flat(), 'Content-Length', String(body.length)]);
  response.end(body);
}
