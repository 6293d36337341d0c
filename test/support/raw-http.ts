import { createConnection } from 'node:net';

/** An answer as it came over the socket. Text is latin1: one character is one byte. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; values of repeated fields joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A chunked answer that was over before its last chunk. */
export class CutOffError extends Error {
  public constructor(public readonly headers: RawAnswer['headers']) {
    super('the chunked body has no end');
    this.name = 'CutOffError';
  }
}

/** Asks a server as a browser would, over a connection of its own. */
export function ask(
  address: string,
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<RawAnswer> {
  const fields = { Host: 'www.example.com', Connection: 'close', ...headers };
  const head = Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return sendRaw(address, `${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`);
}

/** What a `Cache-Status` of ours says, without our name. */
export function cacheStatus({ headers }: Pick<RawAnswer, 'headers'>): string {
  return (headers['cache-status'] ?? '').replace('nginx-memcache-site; ', '');
}

/** Asks until the answer comes from the store: on a busy machine a lookup may be too late. */
export async function askUntilHit(...request: Parameters<typeof ask>): Promise<RawAnswer> {
  for (;;) {
    const answer = await ask(...request);
    if (cacheStatus(answer) === 'hit') return answer;
  }
}

/** Sends bytes to a server as they are and reads what comes back until it closes. */
export async function sendRaw(address: string, request: string): Promise<RawAnswer> {
  return parseAnswer(await exchange(address, request));
}

/** Sends bytes and gives back all that comes until the server closes, as latin1 text. */
export function exchange(address: string, request: string): Promise<string> {
  const [host, port] = address.split(':') as [string, string];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = createConnection({ host, port: Number(port) });
    // A server may answer and close before it has read everything.
    const finish = () => resolve(Buffer.concat(chunks).toString('latin1'));
    socket.on('data', (chunk) => chunks.push(chunk)).on('end', finish);
    socket.on('error', (error) => (chunks.length > 0 ? finish() : reject(error)));
    socket.write(Buffer.from(request, 'latin1'));
  });
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const raw = end < 0 ? '' : text.slice(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? joinChunks(raw, headers) : raw;
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body };
}

function joinChunks(text: string, headers: RawAnswer['headers']): string {
  let body = '';
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf('\r\n', at);
    const length = parseInt(text.slice(at, lineEnd), 16);
    if (length === 0) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
  }
  throw new CutOffError(headers);
}
