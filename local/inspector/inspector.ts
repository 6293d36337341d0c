import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type Html, html } from '../../lambda/core/views/html';
import { faultView } from '../../lambda/core/views/receipt-view';
import { ASSETS } from '../assets';
import { listening, type ListeningServer } from '../listening';
import { ANSWERS, type InspectedSite } from './answers';
import { refusal, SECURITY_HEADERS } from './guards';

/** Where the page is, unless somebody else is there. */
export const INSPECTOR_PORT = 8081;

/** A page that shows what a local site does. */
export interface Inspector {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

// By path: the file, and its media type.
const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/inspector.css': ['inspector.css', 'text/css; charset=utf-8'],
  '/inspector.js': ['inspector.js', 'text/javascript; charset=utf-8'],
};
const LONGEST_REQUEST = 256 * 1024;

/**
 * Starts the page on 127.0.0.1.
 *
 * @param port default: 8081, or a free one where that is busy.
 */
export async function startInspector(site: InspectedSite, port?: number): Promise<Inspector> {
  const start = (at: number): Promise<ListeningServer> =>
    listening(
      createServer((request, response) => {
        answer(site, request, response).catch((error: Error) => respond(response, 422, faultView(error.message)));
      }),
      at,
    );
  const server = await start(port ?? INSPECTOR_PORT).catch((error: NodeJS.ErrnoException) => {
    if (port !== undefined || error.code !== 'EADDRINUSE') throw error;
    return start(0);
  });
  return { url: `http://${server.address}`, close: () => server.close() };
}

async function answer(site: InspectedSite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refused = refusal(request, request.socket.localPort as number);
  if (refused !== undefined) {
    return respond(response, 403, html`<p>${refused}</p>`);
  }
  const path = request.url ?? '';
  const file = FILES[path];
  if (request.method === 'GET' && file !== undefined) {
    const [name, type] = file;
    const text = readFileSync(join(ASSETS, 'inspector', name), 'utf8');
    return respond(response, 200, text.replaceAll('{{url}}', String(html`${site.url}`)), type);
  }
  const view = ANSWERS[path];
  if (request.method === 'GET' || view === undefined) {
    return respond(response, 404, html`<p>There is no such page.</p>`);
  }
  respond(response, 200, await view(site, await readAsked(request)));
}

/** @throws Error when it is not an object of JSON, or too long. */
async function readAsked(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_REQUEST) throw new Error(`the request is longer than ${LONGEST_REQUEST} bytes`);
    chunks.push(chunk);
  }
  const asked: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) {
    throw new Error('the request must be an object of JSON');
  }
  return asked;
}

function respond(
  response: ServerResponse,
  status: number,
  body: Html | string,
  type = 'text/html; charset=utf-8',
): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': type }).end(String(body));
}
